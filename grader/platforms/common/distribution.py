"""This installation as a wheel, with the reference: for course staff's machines only."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

import grader
import reference
from grader.basics.exits import BadInput
from grader.scoring import rubric
from grader.student.bundle import DISTRIBUTION
from grader.student.wheel import Distribution, build

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

RUBRIC = "rubric.toml"
SKIPPED = {"__pycache__", ".ipynb_checkpoints"}
GROUPS = ("console_scripts", "jupyter_client.kernel_provisioners")


def wheel() -> tuple[str, bytes]:
    """Return name and bytes of the wheel.

    Raises:
        BadInput: what the grader requires is not known, since it is not installed.
    """
    found = described()
    contents: dict[str, bytes] = {}
    for package in (grader, reference):
        contents |= _files(Path(package.__file__ or "").parent)
    return found.file_name, build(found, contents)


def rubric_of(path: Path | None) -> bytes:
    """Return a rubric that goes along, the shipped one if None. Raises BadInput if it is wrong."""
    rubric.load(path or rubric.SHIPPED)
    return (path or rubric.SHIPPED).read_bytes()


def described() -> Distribution:
    """Return what the wheel says of itself. Raises BadInput if the grader is not installed."""
    try:
        own = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        raise BadInput(
            f"{DISTRIBUTION} is not installed, so what it requires is not known; "
            "run `pip install .` in its source tree first"
        ) from None
    points = {
        group: tuple(f"{p.name} = {p.value}" for p in own.entry_points if p.group == group)
        for group in GROUPS
    }
    return Distribution(
        DISTRIBUTION,
        grader.__version__,
        str(own.metadata["Requires-Python"] or ">=3.10"),
        requirements(),
        points[GROUPS[0]],
        points[GROUPS[1]],
    )


def requirements() -> tuple[str, ...]:
    """Return what the grader needs to grade, without its extras."""
    lines = _stated() or metadata.requires(DISTRIBUTION) or []
    return tuple(line for line in lines if "extra ==" not in line)


def _stated() -> list[str]:
    """Return what the source tree states, if this is one: an old installation may know less."""
    path = Path(grader.__file__ or "").parents[1] / "pyproject.toml"
    try:
        project = tomllib.loads(path.read_text("utf-8"))["project"]
        return list(project["dependencies"]) if project["name"] == DISTRIBUTION else []
    except (OSError, KeyError, ValueError):
        return []


def _files(package: Path) -> dict[str, bytes]:
    return {
        path.relative_to(package.parent).as_posix(): path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file() and path.suffix != ".pyc" and not SKIPPED & set(path.parts)
    }
