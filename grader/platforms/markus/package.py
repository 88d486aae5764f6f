"""`grader package markus`: a custom tester, and what the test server needs for it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from grader.basics.exits import BadInput, shown

NAME = "markus"
HELP = "run_grader.sh, specs.json, and a wheel"
SCRIPT = Path(__file__).with_name("run_grader.sh")
CAP = 3600  # seconds that a MarkUs server gives at most
LEAST = 240


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the package."""
    parser.add_argument("--out", type=Path, required=True, help="folder")
    parser.add_argument(
        "--timeout", type=int, default=1800, help="seconds a group (default: 1800, at most 3600)"
    )
    parser.add_argument("--criterion", help="criterion whose mark the tester makes")
    parser.add_argument("--rubric", type=Path, help="TOML file (default: the shipped one)")


def run(options: argparse.Namespace) -> None:
    """Write the folder."""
    from grader.platforms.common import archive

    made = files(options.timeout, options.criterion, options.rubric)
    archive.put(options.out, made)
    print(f"{shown(options.out)}: {', '.join(sorted(made))}")


def files(timeout: int, criterion: str | None, rubric: Path | None) -> dict[str, bytes]:
    """Return the files of a MarkUs custom tester, those for the server below `server/`.

    Args:
        timeout: seconds a group, for MarkUs; ours ends a little earlier.
        criterion: the one whose mark the tester makes.
        rubric: the shipped one if None.

    Raises:
        BadInput: a wrong rubric, or a time that MarkUs does not give.
    """
    from grader.platforms.common import distribution

    if not LEAST <= timeout <= CAP:
        raise BadInput(
            f"--timeout {timeout}: give {LEAST} to {CAP} seconds, the most that a "
            "MarkUs server allows"
        )
    name, wheel = distribution.wheel()
    return {
        SCRIPT.name: SCRIPT.read_bytes().replace(b"@TIMEOUT@", str(timeout).encode()),
        "specs.json": (json.dumps(specs(timeout, criterion), indent=1) + "\n").encode(),
        f"server/{name}": wheel,
        f"server/{distribution.RUBRIC}": distribution.rubric_of(rubric),
    }


def specs(timeout: int, criterion: str | None) -> Mapping[str, object]:
    """Return specs.json of the custom tester."""
    from grader.platforms.markus.results import EVERYBODY

    data = {
        "script_files": [SCRIPT.name],
        "category": ["instructor"],
        "timeout": timeout,
        "feedback_file_names": ["report.html"],
        # MarkUs shows a test's output to nobody but instructors unless it is told otherwise.
        "extra_info": {"name": "grader", "criterion": criterion, "display_output": EVERYBODY},
    }
    return {"testers": [{"tester_type": "custom", "test_data": [data]}]}
