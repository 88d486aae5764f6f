"""Nothing of the grader, of the reference or of the results may be visible inside the sandbox."""

import contextlib
import importlib.util
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.kernel.sandbox.errors import ExposedPathError
from grader.kernel.sandbox.interpreter import package_folders
from grader.kernel.sandbox.mounts import Bind, Cover

PACKAGES = ("grader", "reference")
# What an installation leaves in a package folder: code, metadata (which lists every file), and the
# files of an editable one (which name the checkout).
INSTALLED = (
    *PACKAGES,
    "csc413_a2_grader*",
    "__editable__*csc413_a2_grader*",
    "__pycache__/__editable__*csc413_a2_grader*",
)
CHECKOUT_PARTS = (*PACKAGES, "tests", ".git")


@dataclass(frozen=True)
class Private:
    """Real host paths that a kernel must not see.

    Attributes:
        sealed: no mount may show them, nor show any part of them.
        enclosing: no mount may show them whole; a folder inside may be mounted by itself, as the
            virtual environment inside a checkout is.
    """

    sealed: tuple[Path, ...]
    enclosing: tuple[Path, ...]


def private_paths(denied: Iterable[Path] = ()) -> Private:
    """The packages wherever they are installed, the checkout, the user's home, and `denied`."""
    root = Path(__file__).resolve().parents[3]
    sealed = [root / name for name in CHECKOUT_PARTS if _is_checkout(root)]
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        sealed += [Path(place) for place in (spec and spec.submodule_search_locations) or ()]
    for folder in package_folders():
        for pattern in INSTALLED:
            sealed += folder.glob(pattern)
    enclosing = [*denied, *([root] if _is_checkout(root) else [])]
    with contextlib.suppress(RuntimeError):  # a user without a home
        enclosing.append(Path.home())
    return Private(_existing(sealed), _existing(enclosing))


def covers_for(binds: Sequence[Bind], private: Private) -> list[Cover]:
    """Covers for every private path that a system mount would show."""
    wanted = {}
    for bind in binds:
        for path in (*private.sealed, *private.enclosing):
            if bind.system and path != bind.source and path.is_relative_to(bind.source):
                target = bind.target / path.relative_to(bind.source)
                wanted[target] = Cover(target, path.is_dir())
    covers: list[Cover] = []
    for target in sorted(wanted, key=lambda target: len(target.parts)):
        if not isinstance(_topmost(target, [*binds, *covers]), Cover):
            covers.append(wanted[target])
    return covers


def assert_hidden(binds: Sequence[Bind], covers: Sequence[Cover], private: Private) -> None:
    """Check, independently of how the mounts were chosen, that none shows a private path.

    Raises:
        ExposedPathError: names the mount and the path that it would show.
    """
    for bind in binds:
        for path in (*private.sealed, *private.enclosing):
            if path.is_relative_to(bind.source):
                target = bind.target / path.relative_to(bind.source)
                if _topmost(target, [*binds, *covers]) is bind:
                    raise _exposed(bind, path)
        for path in private.sealed:
            if bind.source != path and bind.source.is_relative_to(path):
                raise _exposed(bind, path)


def _topmost(target: PurePosixPath, mounts: Sequence[Bind | Cover]) -> Bind | Cover | None:
    """The mount that decides what is at `target`: the deepest, and of two the later."""
    above = [mount for mount in mounts if target.is_relative_to(mount.target)]
    return max(reversed(above), key=lambda mount: len(mount.target.parts), default=None)


def _exposed(bind: Bind, path: Path) -> ExposedPathError:
    return ExposedPathError(
        f"mounting {bind.source} would show {path} to the notebook; keep the two apart"
    )


def _is_checkout(root: Path) -> bool:
    return (root / "pyproject.toml").is_file()


def _existing(paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(path.resolve() for path in paths if path.exists()))
