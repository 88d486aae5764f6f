"""What each package holds, by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from grader.basics.exits import BadInput, shown
from grader.platforms.markus import EVERYBODY
from grader.platforms.packaging import distribution
from grader.scoring import rubric

FOLDER = Path(__file__).parent
RUBRIC = "rubric.toml"
SETTINGS = "settings.json"
SHORTEST, LONGEST = 4, 40  # minutes that Gradescope gives, at most 40
MARKUS_CAP = 3600  # seconds that a MarkUs server gives at most
MARKUS_LEAST = 240
ISOLATED = ("auto", "bubblewrap", "uid")


def gradescope(minutes: int, sandbox: str, rubric_: Path | None) -> dict[str, bytes]:
    """Return the files of autograder.zip.

    Args:
        minutes: the time limit that is set on Gradescope; ours ends a little earlier.
        sandbox: how notebooks are isolated in the container.
        rubric_: the shipped one if None.

    Raises:
        BadInput: a wrong rubric, no isolation, or a time that Gradescope does not give.
    """
    if not SHORTEST <= minutes <= LONGEST:
        raise BadInput(
            f"--minutes {minutes}: Gradescope gives 10 to 40, and less than {SHORTEST} is too "
            "little for a notebook"
        )
    if sandbox not in ISOLATED:
        raise BadInput(f"--sandbox {shown(sandbox)}: give one of {', '.join(ISOLATED)}")
    name, wheel = distribution.wheel()
    settings = {"minutes": minutes, "sandbox": sandbox}
    return {
        "setup.sh": _template("gradescope/setup.sh"),
        "run_autograder": _template("gradescope/run_autograder"),
        "requirements.txt": _requirements(),
        SETTINGS: (json.dumps(settings) + "\n").encode(),
        RUBRIC: _rubric(rubric_),
        name: wheel,
    }


def markus(timeout: int, criterion: str | None, rubric_: Path | None) -> dict[str, bytes]:
    """Return the files of a MarkUs custom tester, those for the server below `server/`.

    Args:
        timeout: seconds a group, for MarkUs; ours ends a little earlier.
        criterion: the one whose mark the tester makes.
        rubric_: the shipped one if None.

    Raises:
        BadInput: a wrong rubric, or a time that MarkUs does not give.
    """
    if not MARKUS_LEAST <= timeout <= MARKUS_CAP:
        raise BadInput(
            f"--timeout {timeout}: give {MARKUS_LEAST} to {MARKUS_CAP} seconds, the most that a "
            "MarkUs server allows"
        )
    name, wheel = distribution.wheel()
    script = _template("markus/run_grader.sh").replace(b"@TIMEOUT@", str(timeout).encode())
    return {
        "run_grader.sh": script,
        "specs.json": (json.dumps(specs(timeout, criterion), indent=1) + "\n").encode(),
        f"server/{name}": wheel,
        f"server/{RUBRIC}": _rubric(rubric_),
    }


def specs(timeout: int, criterion: str | None) -> Mapping[str, object]:
    """Return specs.json of the custom tester."""
    data = {
        "script_files": ["run_grader.sh"],
        "category": ["instructor"],
        "timeout": timeout,
        "feedback_file_names": ["report.html"],
        # MarkUs shows a test's output to nobody but instructors unless it is told otherwise.
        "extra_info": {"name": "grader", "criterion": criterion, "display_output": EVERYBODY},
    }
    return {"testers": [{"tester_type": "custom", "test_data": [data]}]}


def actions() -> bytes:
    """Return the workflow that grades a repository on GitHub."""
    return _template("actions/grade.yml")


def _template(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def _rubric(path: Path | None) -> bytes:
    rubric.load(path or rubric.SHIPPED)
    return (path or rubric.SHIPPED).read_bytes()


def _requirements() -> bytes:
    head = "# What the grader needs; made by `grader package gradescope`."
    return ("\n".join([head, *distribution.requirements()]) + "\n").encode()
