"""What the kernel sees, as bubblewrap arguments. Pure functions: nothing here starts a process."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.kernel.sandbox.settings import CONTENT, EXCHANGE, Limits

NAMESPACES = (
    "--unshare-ipc",
    "--unshare-pid",
    "--unshare-net",
    "--unshare-uts",
    "--unshare-cgroup-try",
)
USER = 1000  # the user inside, where the grader itself is a normal user
HOST_NAME = "colab"


@dataclass(frozen=True)
class Bind:
    """A host file or folder, seen inside at `target`.

    Attributes:
        source: real host path, free of symbolic links.
        target: absolute path inside.
        writable: read-only otherwise.
        system: belongs to the machine or the interpreter, so parts of it may be covered; a folder
            that the caller chose may not hold anything that needs covering.
    """

    source: Path
    target: PurePosixPath
    writable: bool = False
    system: bool = False


@dataclass(frozen=True)
class Cover:
    """An empty, read-only folder or file on top of something in a system mount."""

    target: PurePosixPath
    folder: bool


@dataclass(frozen=True)
class View:
    """Everything that one kernel sees.

    Attributes:
        binds, covers: mounts; a deeper target lies on top of a shallower one.
        links: symbolic links to create, as (place, target).
        empty: an empty host file, mounted over covered files.
        devices: device files beyond the usual few, for a GPU.
        environment: all variables; none is inherited.
    """

    binds: Sequence[Bind]
    covers: Sequence[Cover]
    empty: Path
    links: Sequence[tuple[Path, str]] = ()
    devices: Sequence[Path] = ()
    environment: dict[str, str] = field(default_factory=dict)


def bubblewrap_arguments(view: View, limits: Limits, *, as_root: bool) -> list[str]:
    """All arguments but the command.

    Args:
        view: what is visible.
        limits: for the sizes of /tmp and /dev/shm.
        as_root: the grader is root: bubblewrap mounts with root's rights and the command then
            changes to another user by itself. Otherwise a user namespace does both.
    """
    folders = [str(cover.target) for cover in view.covers if cover.folder]
    read_only = [*folders, "/dev", "/"]
    arguments = ["--die-with-parent", "--new-session", *NAMESPACES, *_user_arguments(as_root)]
    arguments += ["--hostname", HOST_NAME, "--proc", "/proc", "--dev", "/dev"]
    for place in ("/tmp", "/dev/shm"):  # noqa: S108 - the sandbox's own, empty
        arguments += ["--perms", "1777", "--size", str(limits.tmp_bytes), "--tmpfs", place]
    arguments += _mounts(view)
    arguments += [part for place in read_only for part in ("--remount-ro", place)]
    arguments += ["--clearenv"]
    for name, value in view.environment.items():
        arguments += ["--setenv", name, value]
    return [*arguments, "--chdir", "/"]


def inner_command(
    command: Sequence[str], limits: Limits, *, uid: int | None, core_bytes: int = 1
) -> list[str]:
    """Wrap a command in what must happen inside: drop to `uid`, set limits, report, fall silent.

    It prints `ready` and then runs the command with its output going nowhere: a student's raw
    writes to the file descriptors 1 and 2 must not reach the grader's terminal.
    """
    drop = [] if uid is None else ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
    if drop:
        drop += ["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]
    bounds = limits.of_a_process(core_bytes).items()
    limit = [f"--{name.removeprefix('RLIMIT_').lower()}={value}" for name, value in bounds]
    limit = ["prlimit", *limit, "--"]
    # Out of memory, the machine should end this process before any other.
    script = f"cd {CONTENT} && echo 1000 >/proc/self/oom_score_adj && echo ready && "
    return [*drop, *limit, "sh", "-c", script + 'exec "$@" >/dev/null 2>&1', "sh", *command]


def system_binds(roots: Iterable[Path]) -> tuple[list[Bind], list[tuple[Path, str]]]:
    """The machine's own folders and the interpreter's, with the links of a merged /usr."""
    binds = [_system(Path("/usr"))]
    links = []
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        path = Path("/", name)
        if path.is_symlink():
            links.append((path, str(path.readlink())))
        elif path.is_dir():
            binds.append(_system(path))
    for name in ("ld.so.cache", "localtime", "fonts", "alternatives"):
        path = Path("/etc", name)
        if path.exists():
            binds.append(Bind(path.resolve(), PurePosixPath(path), system=True))
    return binds + [_system(root) for root in roots], links


def writable_binds(scratch: Path, exchange: Path, connection: Path) -> list[Bind]:
    """The three folders that a kernel may write; the connection folder keeps its host path."""
    return [
        Bind(scratch.resolve(), CONTENT, writable=True),
        Bind(exchange.resolve(), EXCHANGE, writable=True),
        Bind(connection.resolve(), PurePosixPath(connection), writable=True),
    ]


def _system(path: Path) -> Bind:
    return Bind(path.resolve(), PurePosixPath(path), system=True)


def _user_arguments(as_root: bool) -> list[str]:
    if not as_root:
        ids = ["--uid", str(USER), "--gid", str(USER)]
        return ["--unshare-user", *ids, "--disable-userns"]
    keep = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")  # setpriv spends them and drops them
    return ["--cap-drop", "ALL", *(part for name in keep for part in ("--cap-add", name))]


def _mounts(view: View) -> list[str]:
    """Mounts from the root downwards, so that a deeper one lies on top."""
    steps: list[tuple[int, list[str]]] = []
    for bind in view.binds:
        option = "--bind" if bind.writable else "--ro-bind"
        steps.append(_step(bind.target, [option, str(bind.source), str(bind.target)]))
    for cover in view.covers:
        target = str(cover.target)
        hide = ["--perms", "0755", "--size", "4096", "--tmpfs", target]
        file = ["--ro-bind", str(view.empty), target]
        steps.append(_step(cover.target, hide if cover.folder else file))
    steps += [_step(PurePosixPath(d), ["--dev-bind", str(d), str(d)]) for d in view.devices]
    visible = [PurePosixPath(bind.target) for bind in view.binds]
    for place, target in view.links:
        if not any(PurePosixPath(place).is_relative_to(folder) for folder in visible):
            steps.append(_step(PurePosixPath(place), ["--symlink", target, str(place)]))
    return [part for _, step in sorted(steps, key=lambda step: step[0]) for part in step]


def _step(target: PurePosixPath, arguments: list[str]) -> tuple[int, list[str]]:
    """A mount after its parent folders; bubblewrap alone would make those unreadable to others."""
    parents = [parent for parent in reversed(target.parents) if len(parent.parts) > 1]
    made = [part for parent in parents for part in ("--perms", "0755", "--dir", str(parent))]
    return len(target.parts), made + arguments
