"""What a sandbox promises, each promise with the attempt that would break it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """One thing that a notebook cannot do.

    Attributes:
        id: names the attempt in `attempts.py`.
        text: the promise, as `grader doctor` shows it.
        could: completes 'a program inside could ...'.
        remedy: what to do where it does not hold.
    """

    id: str
    text: str
    could: str
    remedy: str


_BUG = "a fault of this system's sandbox: grade on another machine, and report it"
_NETWORK = "the kernel must allow network namespaces (bubblewrap), or seccomp filters (uid)"
PROMISES = (
    Promise("file", "reads no file of the host", "read a file of the host", _BUG),
    Promise("write", "cannot change its Python packages", "write to its own packages", _BUG),
    Promise(
        "packages",
        "cannot read the grader, the reference or the checks",
        "read the grader or the reference",
        "chmod -R o-rwx the folders of the packages grader and reference",
    ),
    Promise("tcp", "reaches no port of the host (IPv4)", "reach the host's network", _NETWORK),
    Promise("tcp6", "reaches no port of the host (IPv6)", "reach the host by IPv6", _NETWORK),
    Promise("udp", "sends no datagram to the host", "send the host a datagram", _NETWORK),
    Promise(
        "abstract", "reaches no abstract socket", "reach the host's abstract sockets", _NETWORK
    ),
    Promise("memory", "is bounded in the memory of a process", "use memory without limit", _BUG),
    Promise("private_map", "is bounded in its private mappings", "map memory without limit", _BUG),
    Promise(
        "watchdog",
        "is bounded in the memory of all its processes together",
        "use memory in many processes",
        "/proc must be mounted and readable",
    ),
    Promise("file_size", "is bounded in the size of a file", "write files without limit", _BUG),
    Promise(
        "processes",
        "is bounded in the number of its processes",
        "start processes without limit",
        _BUG,
    ),
    Promise("survivor", "leaves no process behind", "leave a process behind", _BUG),
    Promise(
        "others",
        "sees no process of the host",
        "see the host's processes",
        "the kernel must allow process namespaces (bubblewrap), or have Landlock (uid)",
    ),
    Promise(
        "namespace",
        "cannot make a user namespace",
        "make a user namespace",
        "the kernel must allow seccomp filters",
    ),
    Promise("rights", "has no rights and gets none", "become root inside", _BUG),
    Promise("core", "leaves no core dump", "leave core dumps", "ulimit -c 0 before the grader"),
)
_ALL = frozenset(promise.id for promise in PROMISES)
# In the uid tier these need Landlock: they are tried and shown, and their lack is not a refusal.
REQUIRED = {"bubblewrap": _ALL, "uid": _ALL - {"file", "abstract", "others"}}
