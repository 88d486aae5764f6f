"""Where this Python and its packages lie, so that the same interpreter runs inside the sandbox."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path, PurePath

SYSTEM = Path("/usr")
PACKAGE_FOLDERS = ("site-packages", "dist-packages")
_MOST_LINKS = 40  # as many as the kernel follows


def interpreter_roots() -> list[Path]:
    """Real folders outside /usr that the running interpreter and its packages need.

    A virtual environment needs two: its own, and that of the Python it was made from.
    """
    prefixes = (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)
    roots = [Path(prefix).resolve() for prefix in prefixes]
    executable = Path(sys.executable).resolve()
    if not _is_below(executable, [SYSTEM, *roots]):
        roots.append(executable.parents[1])
    roots += [folder.resolve() for folder in extra_package_folders()]
    return [root for root in dict.fromkeys(roots) if not _is_below(root, [SYSTEM])]


def extra_package_folders() -> list[Path]:
    """Package folders on sys.path outside every prefix, such as the user's own."""
    known = [SYSTEM, *(Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix))]
    folders = [Path(entry) for entry in sys.path if Path(entry).name in PACKAGE_FOLDERS]
    return [folder for folder in folders if not _is_below(folder.resolve(), known)]


def search_paths(commands: PurePath) -> dict[str, str]:
    """The variables by which a kernel finds programs and packages.

    Args:
        commands: the folder whose programs come first, as the kernel sees it.
    """
    places = [str(commands), str(Path(sys.executable).parent), "/usr/bin", "/bin"]
    found = {"PATH": os.pathsep.join(places)}
    if extra := extra_package_folders():
        found["PYTHONPATH"] = os.pathsep.join(str(folder.resolve()) for folder in extra)
    return found


def package_folders() -> list[Path]:
    """Every real package folder that a mounted prefix brings along, used by this Python or not."""
    found = [Path(entry) for entry in sys.path if Path(entry).name in PACKAGE_FOLDERS]
    for root in [SYSTEM, SYSTEM / "local", *interpreter_roots()]:
        for name in PACKAGE_FOLDERS:
            found += root.glob(f"lib*/python3*/{name}")
    return list(dict.fromkeys(folder.resolve() for folder in found if folder.is_dir()))


def interpreter_links() -> list[tuple[Path, str]]:
    """Symbolic links, as (link, target), by which this interpreter's paths are reached."""
    paths = (sys.executable, sys.prefix, sys.base_prefix)
    return list(dict.fromkeys(link for path in paths for link in links_on(Path(path))))


def links_on(path: Path) -> Iterator[tuple[Path, str]]:
    """Each symbolic link that resolving an absolute path goes through, as (real place, target).

    Raises:
        OSError: the links form a loop.
    """
    current = Path("/")
    rest = list(reversed(path.parts[1:]))
    followed = 0
    while rest:
        part = rest.pop()
        candidate = current.parent if part == ".." else current / part
        if not candidate.is_symlink():
            current = candidate
            continue
        followed += 1
        if followed > _MOST_LINKS:
            raise OSError(f"too many symbolic links in {path}")
        target = str(candidate.readlink())
        yield candidate, target
        parts = Path(target).parts
        if Path(target).is_absolute():
            current, parts = Path("/"), parts[1:]
        rest += reversed(parts)


def _is_below(path: Path, folders: list[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)
