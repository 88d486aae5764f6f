"""The zip that a student gets: notebook, self-check, recorded answers, a page of instructions."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator
from importlib import metadata
from pathlib import Path, PurePosixPath

import grader
from grader.basics.exits import BadInput
from grader.handin import template
from grader.judging import recorded
from grader.model.assignment import chosen
from grader.scoring import rubric
from grader.student import recording, shipping
from grader.student.wheel import Distribution, build, packed

FOLDER = "a2"
DISTRIBUTION = "csc413-a2-grader"
GUIDE = Path(__file__).with_name("students.md")
# What notebooks of the assignment import, beside what the check imports itself.
NOTEBOOK = (
    "torch", "torchvision", "numpy", "scipy", "matplotlib", "pillow", "opencv-python-headless",
    "six", "ipykernel",
)  # fmt: skip


def bundle(rubric_: Path = rubric.SHIPPED, exercises: Collection[str] = ()) -> bytes:
    """Return the students' zip.

    Args:
        rubric_: decides which checks are public; its points go along, they are no secret.
        exercises: of the master notebook, which become gaps too.

    Raises:
        BadInput: no reference is here to record, the rubric is wrong, no such exercise is known.
    """
    rubric.load(rubric_)
    notebook = template.template(template.master(), exercises).encode()
    distribution = described()
    contents = {
        chosen().notebook: notebook,
        distribution.file_name: build(distribution, package(rubric_)),
        "README.md": GUIDE.read_bytes(),
        "requirements.txt": _requirements(distribution).encode(),
    }
    return packed((f"{FOLDER}/{name}", contents[name]) for name in sorted(contents))


def package(rubric_: Path) -> dict[str, bytes]:
    """Return the files of the students' package, by their paths in the wheel."""
    root = PurePosixPath(shipping.PACKAGE.name)
    found = {
        str(root / path.as_posix()): (shipping.PACKAGE / path).read_bytes()
        for path in shipping.files()
    }
    found[_placed(rubric.SHIPPED)] = rubric_.read_bytes()
    with tempfile.TemporaryDirectory(prefix="grader-recorded-") as folder:
        recording.record(Path(folder))
        for name in (recorded.HEADS, recorded.ARRAYS):
            found[_placed(recorded.PLACE / name)] = (Path(folder) / name).read_bytes()
    return found


def _placed(path: Path) -> str:
    """Return a path in the wheel."""
    return path.relative_to(shipping.PACKAGE.parent).as_posix()


def described() -> Distribution:
    """Return what the students' wheel says of itself: what it needs, and no more."""
    try:
        own = metadata.metadata(DISTRIBUTION)
        lines = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        raise BadInput(
            f"{DISTRIBUTION} is not installed, so what it requires is not known; "
            "run `pip install .` in its source tree first"
        ) from None
    needed = {_plain(name) for name in _needed()}
    requires = [line for line in lines if "extra ==" not in line and _plain(line) in needed]
    return Distribution(
        DISTRIBUTION,
        f"{grader.__version__}+student",
        str(own["Requires-Python"] or ">=3.10"),
        tuple(requires),
        ("grader = grader.cli.main:main",),
        ("grader-none = grader.kernel.sandbox.none:PlainProvisioner",),
    )


def _needed() -> Iterator[str]:
    """Yield the distributions that the students' modules import, and those that notebooks do."""
    yield from NOTEBOOK
    installed = metadata.packages_distributions()
    for top in sorted(_imported()):
        yield from installed.get(top, ())
    yield "tomli"  # before Python 3.11


def _imported() -> set[str]:
    found: set[str] = set()
    for path in shipping.files():
        if path.suffix == ".py":
            name = ".".join(("grader", *path.with_suffix("").parts))
            found |= {n.partition(".")[0] for n in shipping.imported(name, shipping.PACKAGE / path)}
    return found - set(sys.stdlib_module_names)


def _plain(requirement: str) -> str:
    """Return the name of a requirement as all spell it.

    >>> _plain("Jupyter_Client>=8.0"), _plain("tomli>=2.0; python_version < '3.11'")
    ('jupyter-client', 'tomli')
    """
    name = re.split(r"[^A-Za-z0-9._-]", requirement.strip(), maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def _requirements(distribution: Distribution) -> str:
    lines: Iterable[str] = (f"./{distribution.file_name}", *distribution.requires)
    head = "# pip install -r requirements.txt, in the folder of this file"
    return "\n".join([head, *lines]) + "\n"
