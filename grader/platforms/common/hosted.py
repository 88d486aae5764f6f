"""Grades one hand-in on a platform's machine, within the platform's time, whatever happens."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.basics import storage
from grader.basics.exits import USAGE, shown
from grader.basics.files import Refused, read_plain
from grader.model import GradeReport

ID = "submission"
LARGEST = 64 << 20  # bytes of one file
MOST = 200  # files that are taken along
GRACE = 10.0  # seconds between asking the grader to stop and ending it
TAIL = 1500  # characters of what it said that a person is shown
LOG = "grader.log"
# A file of this name would have the folder taken for a whole class.
METADATA = ("submission_metadata.yml",)


class NotGraded(Exception):
    """There is no report; the message is one line for a person."""


@dataclass(frozen=True)
class Order:
    """What is to be graded, and how.

    Attributes:
        files: what was handed in, by relative path.
        work: an empty folder that only the grader can read.
        seconds: after which there must be an answer.
        options: more of `grader grade`'s.
    """

    files: dict[str, Path]
    work: Path
    seconds: float
    sandbox: str = "auto"
    rubric: Path | None = None
    options: Sequence[str] = ()

    @property
    def result(self) -> Path:
        """Return the folder of the one submission's results."""
        return self.work / "out" / ID


def gathered(folder: Path, skip: Iterable[str] = ()) -> dict[str, Path]:
    """Return the plain files of a folder by relative path; no links, no hidden ones."""
    left_out = {*skip, *METADATA}
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        hidden = any(part.startswith((".", "__")) for part in name.parts)
        if path.is_file() and not path.is_symlink() and not hidden and name.name not in left_out:
            found[name.as_posix()] = path
            if len(found) == MOST:
                break
    return found


def grade(order: Order) -> GradeReport:
    """Grade a hand-in. Raises NotGraded with the reason if there is no report to show."""
    _copy(order.files, order.work / "in" / ID)
    code = _run(order)
    reports = storage.graded(order.work / "out")
    if len(reports) == 1:
        try:
            return storage.load_report(reports[0])
        except (OSError, storage.Unreadable) as error:
            raise NotGraded(f"its report cannot be read: {error}") from None
    if len(reports) > 1:
        names = ", ".join(shown(path.name) for path in reports[:4])
        raise NotGraded(f"it looks like {len(reports)} submissions ({names}); hand in one notebook")
    if code is None:
        raise NotGraded(f"no result within {order.seconds:.0f} seconds")
    raise NotGraded(f"the grader ended with code {code}: {_last(order.work / LOG, code)}")


def _copy(files: dict[str, Path], target: Path) -> None:
    target.mkdir(parents=True)
    for name, path in files.items():
        with contextlib.suppress(Refused, OSError):
            place = target / name
            data = read_plain(path, LARGEST)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)


def _command(order: Order) -> list[str]:
    command = [sys.executable, "-m", "grader", "grade", str(order.work / "in")]
    command += ["--out", str(order.work / "out"), "--sandbox", order.sandbox, "--jobs", "1"]
    command += ["--rubric", str(order.rubric)] if order.rubric else []
    return [*command, *order.options]


def _run(order: Order) -> int | None:
    """Run the grader and return its exit code, None if its time was over."""
    with (order.work / LOG).open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            _command(order),
            cwd=order.work,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            return process.wait(order.seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the grader to stop, as with Ctrl-C, so that it takes its kernel along; then end it."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _last(log: Path, code: int) -> str:
    """Return the last line that the grader said; wrong usage is said in one."""
    text = log.read_text("utf-8", "replace")[-TAIL:]
    lines = [line for line in text.splitlines() if line.strip()]
    said = lines[-1] if lines else "it said nothing"
    return shown(said.removeprefix("grader: ") if code == USAGE else said)


def clear(folder: Path) -> None:
    """Remove a folder of work, as far as that is possible."""
    shutil.rmtree(folder, ignore_errors=True)
