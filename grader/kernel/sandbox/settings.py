"""What a sandboxed kernel is given: folders, limits and the facts about its run.

The places inside have neutral names: they tell a notebook nothing about whose work it is, or where
the grader lives.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.model.assignment import chosen

COLAB = PurePosixPath("/opt/colab")
DATA = PurePosixPath("/opt/data")
WEIGHTS = PurePosixPath("/opt/weights")
CONTENT = PurePosixPath("/content")
EXCHANGE = PurePosixPath("/io")
HOME = "/tmp"  # noqa: S108 - the sandbox's own

MIB = 1 << 20
GIB = 1 << 30

# glibc gives the system back each large tensor that is freed, and asks for it again a step later:
# a fifth of the time that a training loop takes here. See docs/benchmarks.md.
ALLOCATOR = dict.fromkeys(("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"), str(256 * MIB))


@dataclass(frozen=True)
class Limits:
    """Upper bounds for one sandbox.

    Attributes:
        memory_bytes: private memory of one process (RLIMIT_DATA) and resident memory of all of
            them together (watchdog). Files in /tmp and /dev/shm come on top, see `tmp_bytes`.
        processes: processes and threads together.
        file_bytes: size of one file.
        cpu_seconds: processor time of one process.
        tmp_bytes: size of /tmp, and again of /dev/shm.
        open_files: open files of one process.
        disk_bytes: everything in /content and /io together (watchdog).
        disk_entries: files and folders in /content and /io together, and in each of /tmp and
            /dev/shm (watchdog).
    """

    memory_bytes: int = 6 * GIB
    processes: int = 256
    file_bytes: int = 512 * MIB
    cpu_seconds: int = 1800
    tmp_bytes: int = 1 * GIB
    open_files: int = 1024
    disk_bytes: int = 4 * GIB
    disk_entries: int = 50_000

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value <= 0:
                raise ValueError(f"limit {name} is {value}; it must be a positive whole number")

    def of_a_process(self, core_bytes: int) -> dict[str, int]:
        """The bounds of one process, by the names of `resource`.

        RLIMIT_AS is left alone, since torch reserves far more address space than it uses.
        RLIMIT_NPROC never binds the real root, so it works only after the change of user.

        Args:
            core_bytes: one is the value that also keeps a crash from a dump handler of the host,
                which zero does not.
        """
        return {
            "RLIMIT_NPROC": self.processes,
            "RLIMIT_FSIZE": self.file_bytes,
            "RLIMIT_NOFILE": self.open_files,
            "RLIMIT_CPU": self.cpu_seconds,
            "RLIMIT_CORE": core_bytes,
            "RLIMIT_DATA": self.memory_bytes,
        }

    @classmethod
    def full_size(cls) -> "Limits":
        """Limits for a run with the real data: hours long, with a thread a core."""
        return cls(
            memory_bytes=32 * GIB,
            processes=1024 + 8 * (os.cpu_count() or 1),
            file_bytes=4 * GIB,
            cpu_seconds=24 * 3600,
            tmp_bytes=8 * GIB,
            open_files=4096,
            disk_bytes=32 * GIB,
        )


@dataclass(frozen=True)
class SandboxSettings:
    """The world of one kernel, as host paths.

    Attributes:
        scratch: empty folder that becomes /content, read and write.
        exchange: folder that becomes /io, for requests and replies, read and write.
        kernel_side: folder that becomes /opt/colab: launch.py, and bin/ with the stand-in tools.
        data: folder that becomes /opt/data.
        weights: one file, seen as /opt/weights/<its name>; its neighbours stay invisible.
        limits: upper bounds; tier none has none.
        full: real data at full size.
        max_epochs: the longest training loop that the stand-in world lets run.
        threads: threads of one numerical operation.
        device: 'cpu' or 'cuda'.
        max_batches: the longest loop over batches, for a quick look at what a notebook defines.
        denied: further host paths that no mount may show, for instance the output folder.

    Raises:
        ValueError: a folder or file is missing, or a number or device is out of range.
    """

    scratch: Path
    exchange: Path
    kernel_side: Path
    data: Path
    weights: Path | None = None
    limits: Limits = field(default_factory=Limits)
    full: bool = False
    max_epochs: int = 1
    threads: int = 1
    device: str = "cpu"
    max_batches: int | None = None
    denied: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        for name in ("scratch", "exchange", "kernel_side", "data"):
            path: Path = getattr(self, name)
            if not path.is_dir():
                raise ValueError(f"{name} is {path}, which is not a folder; create it first")
        if self.weights is not None and not self.weights.is_file():
            raise ValueError(f"weights is {self.weights}, which is not a file; check --weights")
        for name in ("max_epochs", "threads", "max_batches"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} is {value}; it must be at least 1")
        if self.device not in {"cpu", "cuda"}:
            raise ValueError(f"device is {self.device!r}; use 'cpu' or 'cuda'")

    def inside_config(self) -> dict[str, object]:
        """COLAB_CONFIG with the paths that a bubblewrap kernel sees."""
        weights = None if self.weights is None else str(WEIGHTS / self.weights.name)
        return self._config(COLAB, CONTENT, DATA, EXCHANGE, weights)

    def host_config(self) -> dict[str, object]:
        """COLAB_CONFIG with host paths, for tier none."""
        weights = None if self.weights is None else str(self.weights.resolve())
        paths = (self.kernel_side, self.scratch, self.data, self.exchange)
        colab, content, data, exchange = (path.resolve() for path in paths)
        return self._config(colab, content, data, exchange, weights)

    def _config(
        self,
        colab: os.PathLike[str],
        content: os.PathLike[str],
        data: os.PathLike[str],
        exchange: os.PathLike[str],
        weights: str | None,
    ) -> dict[str, object]:
        quick = {} if self.max_batches is None else {"max_batches": self.max_batches}
        return {
            **quick,
            "colab": os.fspath(colab),
            "content": os.fspath(content),
            "data": os.fspath(data),
            "io": os.fspath(exchange),
            "weights": weights,
            "full": self.full,
            "max_epochs": self.max_epochs,
            "threads": self.threads,
            "device": self.device,
            "classes": list(chosen().classes.values()),
        }


def kernel_environment(
    settings: SandboxSettings, config: dict[str, object], home: str
) -> dict[str, str]:
    """The variables that every tier gives a kernel; PATH is for the tier to add.

    Args:
        settings: the run.
        config: `inside_config()` or `host_config()`.
        home: the kernel's home folder, as the kernel sees it.
    """
    own = settings.full and settings.device == "cuda"
    libraries = library_environment(home, None if own else settings.threads)
    return {**libraries, "COLAB_CONFIG": json.dumps(config)}


def library_environment(home: str, threads: int | None = 1) -> dict[str, str]:
    """The variables that Python and its packages read when they start.

    Args:
        home: the kernel's home folder, as the kernel sees it.
        threads: of one numerical operation; None for as many as the libraries choose.
    """
    environment = {
        "HOME": home,
        "LANG": "C.UTF-8",
        "IPYTHONDIR": os.path.join(home, ".ipython"),  # noqa: PTH118 - not this machine's path
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        **ALLOCATOR,
    }
    if threads is not None:
        for library in ("OMP", "OPENBLAS", "MKL"):
            environment[f"{library}_NUM_THREADS"] = str(threads)
    return environment
