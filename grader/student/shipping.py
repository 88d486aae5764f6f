"""Which modules of the grader a student is given: what the check needs, and nothing that solves.

The list is not written down: it follows the imports from what students start, so a new module is
given only where the check needs it. What must never be given is named, and cuts the way.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
ROOTS = (
    "grader", "grader.__main__", "grader.cli.main", "grader.student.entry", "grader.student.live",
    "grader.student.notebook", "grader.kernel.sandbox.none", "grader.assignment",
    "grader.assignment.in_notebook",
    *(f"grader.cli.verbs.{verb}" for verb in ("check", "checks", "explain", "data")),
)  # fmt: skip
# The reference, what asks or imitates it, what grades, and what isolates other people's code.
NEVER = (
    "reference", "grader.judging.oracle", "grader.proving", "grader.batch",
    "grader.assignment.world.pretrain", "grader.assignment.right",
    "grader.assignment.calibration", "grader.assignment.appeal", "grader.assignment.pages.blocks",
    "grader.assignment.pages.colourings", "grader.assignment.curves",
    "grader.student.recording", "grader.student.shipping", "grader.student.bundle",
    "grader.student.wheel",
    "grader.handin.template", "grader.cli.verbs.template", "grader.cli.verbs.bundle",
    "grader.cli.verbs.grade",
    "grader.cli.verbs.selftest", "grader.kernel.sandbox.probe", "grader.kernel.sandbox.attempts",
    "grader.kernel.sandbox.bubblewrap", "grader.kernel.sandbox.jail",
)  # fmt: skip
# Read or copied by path: the kernel's side, and data.
KERNEL_SIDE = ("kernel/colab/inside", "kernel/agent", "assignment/agent")
DATA = (
    "py.typed", "assignment/rubric.toml", "assignment/mistakes.toml", "assignment/bands.json",
    "assignment/written/handout.json", "assignment/torch_errors.toml",
    "assignment/world/deeplab.py", "assignment/world/deeplab.safetensors",
)  # fmt: skip
SKIPPED = {"__pycache__"}


def files(package: Path = PACKAGE) -> list[Path]:
    """Return the files that a student is given, relative to the package, sorted.

    Args:
        package: the folder of `grader`.

    Raises:
        FileNotFoundError: the installation is not complete.
    """
    found = {path.relative_to(package) for path in modules(package).values()}
    for folder in KERNEL_SIDE:
        found |= {
            path.relative_to(package)
            for path in (package / folder).rglob("*")
            if path.is_file() and not SKIPPED & set(path.parts)
        }
    found |= {Path(name) for name in DATA}
    for path in found:
        if not (package / path).is_file():
            raise FileNotFoundError(package / path)
    return sorted(found, key=lambda path: path.as_posix())


def modules(package: Path = PACKAGE) -> dict[str, Path]:
    """Return the modules that are reached from ROOTS by imports, with their files."""
    found: dict[str, Path] = {}
    waiting = list(ROOTS)
    while waiting:
        name = waiting.pop()
        path = _file(name, package)
        if path is None or name in found or is_kept_back(name):
            continue
        found[name] = path
        waiting += [name.rpartition(".")[0], *imported(name, path)]
    return found


def is_kept_back(name: str) -> bool:
    """Return whether a module is never given to students."""
    return any(name == other or name.startswith(f"{other}.") for other in NEVER)


def _file(name: str, package: Path) -> Path | None:
    """Return the file of one of our modules, None for any other name."""
    first, *rest = name.split(".")
    if first != package.name:
        return None
    place = package.joinpath(*rest)
    options = (place / "__init__.py", place.with_name(f"{place.name}.py") if rest else place)
    return next((option for option in options if option.is_file()), None)


def imported(name: str, path: Path) -> Iterator[str]:
    """Yield every module that a file imports, wherever in it, and the names that may be ones.

    The checks are imported by name: the assignment's FAMILIES are read as such.
    """
    is_package = path.name == "__init__.py"
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(name, is_package, node)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Assign) and name == "grader.assignment":
            yield from _checks(node)


def _base(name: str, is_package: bool, node: ast.ImportFrom) -> str:
    parts = name.split(".")
    if not node.level:
        return node.module or ""
    up = node.level - is_package
    inside = parts[: len(parts) - up] if up else parts
    return ".".join([*inside, *([node.module] if node.module else [])])


def _checks(node: ast.Assign) -> Iterator[str]:
    if any(isinstance(target, ast.Name) and target.id == "FAMILIES" for target in node.targets):
        yield from (f"grader.assignment.checks.{name}" for name in ast.literal_eval(node.value))
