"""`grader package gradescope`: the autograder.zip that Gradescope runs."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from grader.basics.exits import BadInput, shown

NAME = "gradescope"
HELP = "autograder.zip to upload"
FOLDER = Path(__file__).parent
SETTINGS = "settings.json"
SHORTEST, LONGEST = 4, 40  # minutes that Gradescope gives, at most 40
ISOLATED = ("auto", "bubblewrap", "uid")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the package."""
    parser.add_argument("--out", type=Path, required=True, help="the zip")
    parser.add_argument(
        "--minutes", type=int, default=40, help="time limit that is set on Gradescope (default: 40)"
    )
    parser.add_argument(
        "--sandbox",
        default="uid",
        help="how notebooks are isolated there (default: uid)",
    )
    parser.add_argument("--rubric", type=Path, help="TOML file (default: the shipped one)")


def run(options: argparse.Namespace) -> None:
    """Write the zip."""
    from grader.platforms.common import archive

    archive.named(options.out)
    made = files(options.minutes, options.sandbox, options.rubric)
    archive.put_named(options.out, archive.zipped(made))
    print("set there: base image Ubuntu 22.04, 2 processors, 6 GB,", options.minutes, "minutes")


def files(minutes: int, sandbox: str, rubric: Path | None) -> dict[str, bytes]:
    """Return the files of autograder.zip.

    Args:
        minutes: the time limit that is set on Gradescope; ours ends a little earlier.
        sandbox: how notebooks are isolated in the container.
        rubric: the shipped one if None.

    Raises:
        BadInput: a wrong rubric, no isolation, or a time that Gradescope does not give.
    """
    from grader.platforms.common import distribution

    if not SHORTEST <= minutes <= LONGEST:
        raise BadInput(
            f"--minutes {minutes}: Gradescope gives 10 to 40, and less than {SHORTEST} is too "
            "little for a notebook"
        )
    if sandbox not in ISOLATED:
        raise BadInput(f"--sandbox {shown(sandbox)}: give one of {', '.join(ISOLATED)}")
    name, wheel = distribution.wheel()
    needed = "\n".join(distribution.requirements())
    return {
        **{script: (FOLDER / script).read_bytes() for script in ("setup.sh", "run_autograder")},
        "requirements.txt": f"# What the grader needs; made by `grader package gradescope`.\n"
        f"{needed}\n".encode(),
        SETTINGS: (json.dumps({"minutes": minutes, "sandbox": sandbox}) + "\n").encode(),
        distribution.RUBRIC: distribution.rubric_of(rubric),
        name: wheel,
    }
