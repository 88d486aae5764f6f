"""A budget of processor time and memory for whatever reads or judges a student's bytes.

Such work runs in a child, forked from this process: it sees all that is here, and what it returns
is sent back. Where it ends early - too slow, too large, too deep, killed by a fault of a library's
- `Exceeded` says so in words for a report, for that is a verdict about the submission::

    try:
        found = budget.spend(functools.partial(read, data), budget.READING)
    except budget.Exceeded as over:
        return Problem("writeup_not_pdf", f"it does not open: it {over}")

`budget.stream` hands over results one by one: those that came before the end count. Work that has
questions to put takes a function for them, and this process answers. An exception of the work
itself is raised here as it is. Seconds are of processor time, so that a busy machine
costs nobody a verdict. Elsewhere than on Linux the work runs in this process, without a budget.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import functools
import gc
import math
import os
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn, TypeVar

with contextlib.suppress(ImportError):
    import resource

T = TypeVar("T")
# Elsewhere, on a student's laptop, the work is done in this process, without limits.
LIMITED = sys.platform == "linux" and hasattr(os, "fork") and hasattr(signal, "SIGKILL")
PATIENCE = 20.0  # wall-clock seconds for each second of processor time, on a crowded machine
LEAST_PATIENCE = 120.0  # wall-clock seconds for any work: to fork alone may take many
_PR_SET_PDEATHSIG = 1
_TOO_LARGE, _TOO_DEEP = 3, 4  # exit codes of a child that could not even say so


@dataclass(frozen=True)
class Limit:
    """What one result may cost, and all of them together: processor seconds, bytes of memory.

    Memory is counted beyond what this process has already.
    """

    seconds: float
    memory: int
    total: float = math.inf  # seconds


READING = Limit(30, 1 << 30)  # one notebook, one write-up; an honest one takes a second or two
SEARCHING = Limit(30, 1 << 30, total=60)  # for one failing call, for all that is asked further
JUDGING = Limit(20, 1 << 30, total=60)  # one check, all checks; honest ones take a second in all
SHOWING = Limit(30, 1 << 30)  # the pages of one submission


class Exceeded(Exception):
    """What was read or judged used up its budget; says how: "needs more than ..."."""


class _Raised(Exception):
    """Where an exception of the child came from."""


def spend(work: Callable[[], T], limit: Limit) -> T:
    """Return what `work` returns. Raises Exceeded, or what `work` raises."""
    (result,) = stream(lambda: (work(),), limit)
    return result


def stream(work: Callable[[], Iterable[T]], limit: Limit) -> Iterator[T]:
    """Yield what `work` yields, as it comes. Raises Exceeded, or what `work` raises.

    Raises ChildProcessError if the child was killed or stands still: neither is the work's doing.
    """
    yield from converse(lambda _: work(), _nothing_to_ask, limit)


def _nothing_to_ask(question: Any) -> Any:
    raise TypeError(f"work that puts no questions put {question!r}")


def converse(
    work: Callable[[Callable[[Any], Any]], Iterable[T]], answer: Callable[[Any], Any], limit: Limit
) -> Iterator[T]:
    """Yield what `work` yields; `answer` is called here for each question that it puts.

    Raises as `stream` does, and whatever `answer` raises. Answering costs no budget.
    """
    if not LIMITED:
        with _told(limit):
            yield from work(answer)
        return
    mine, childs = Pipe()
    child = _forked(lambda: work(functools.partial(_put, childs)), limit, mine, childs)
    childs.close()
    try:
        yield from _received(mine, child, limit, answer)
    finally:
        mine.close()
        child.kill()


def _put(connection: Connection, question: Any) -> Any:
    connection.send(("question", question))
    return connection.recv()


@contextlib.contextmanager
def _told(limit: Limit) -> Iterator[None]:
    try:
        yield
    except MemoryError:
        raise Exceeded(_how_it_ended(_TOO_LARGE << 8, limit)) from None
    except RecursionError:
        raise Exceeded(_how_it_ended(_TOO_DEEP << 8, limit)) from None


class _Child:
    def __init__(self, pid: int) -> None:
        self.pid, self.status = pid, -1

    def kill(self) -> None:
        if self.status < 0:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()

    def wait(self) -> int:
        """Return how the child ended."""
        if self.status < 0:
            self.status = os.waitpid(self.pid, 0)[1]
        return self.status


def _forked(
    work: Callable[[], Iterable[Any]], limit: Limit, receiver: Connection, sender: Connection
) -> _Child:
    for flow in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            flow.flush()  # or the child prints it again
    with warnings.catch_warnings():  # newer Pythons warn where threads are about; none of them
        warnings.simplefilter("ignore", DeprecationWarning)  # holds a lock that the work needs
        pid = os.fork()
    if pid == 0:
        receiver.close()
        _work(work, limit, sender)
    return _Child(pid)


def _work(work: Callable[[], Iterable[Any]], limit: Limit, sender: Connection) -> NoReturn:
    """Do the work in the child and end it, whatever happens."""
    code = 0
    try:
        gc.freeze()  # what is shared with the parent stays shared
        _bound(limit)
        with _told(limit):
            for item in work():
                sender.send(("item", item))
                _next_may_cost(limit)
        sender.send(("end", None))
    except BaseException as error:  # noqa: BLE001 - raised again in the parent
        code = _TOO_LARGE
        _send_error(sender, error)
    finally:
        os._exit(code)


def _send_error(sender: Connection, error: BaseException) -> None:
    text = "".join(traceback.format_exception(error))
    error.__cause__ = error.__context__ = error.__traceback__ = None
    try:
        sender.send(("raised", (error, text)))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - an exception that cannot be sent
        sender.send(("raised", (RuntimeError(f"{type(error).__name__}: {error}"), text)))


def _bound(limit: Limit) -> None:
    """Give this process, a child, its limits; it ends with its parent."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    faulthandler.disable()  # how it ended is told by its parent
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _lower(resource.RLIMIT_CORE, 0)
    with contextlib.suppress(OSError, ValueError, IndexError):  # without /proc, no limit
        pages = int(Path("/proc/self/statm").read_text().split()[5])
        _lower(resource.RLIMIT_DATA, pages * resource.getpagesize() + limit.memory)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)  # its other threads were not forked
    _next_may_cost(limit)


def _next_may_cost(limit: Limit) -> None:
    _lower(
        resource.RLIMIT_CPU,
        math.ceil(min(time.process_time() + limit.seconds, max(1.0, limit.total))),
    )


def _lower(kind: int, to: int) -> None:
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (to if hard == resource.RLIM_INFINITY else min(to, hard), hard))


def _received(
    receiver: Connection, child: _Child, limit: Limit, answer: Callable[[Any], Any]
) -> Iterator[Any]:
    while True:
        if not receiver.poll(max(LEAST_PATIENCE, limit.seconds * PATIENCE)):
            raise ChildProcessError("a process that reads or judges stands still")
        try:
            kind, content = receiver.recv()
        except EOFError:
            raise Exceeded(_how_it_ended(child.wait(), limit)) from None
        if kind == "end":
            return
        if kind == "question":
            receiver.send(answer(content))
            continue
        if kind == "raised":
            error, text = content
            raise error from _Raised(text)
        yield content


def _how_it_ended(status: int, limit: Limit) -> str:
    """Return what a report says. Raises ChildProcessError for a child killed from outside."""
    number = status & 0x7F
    if number == signal.SIGXCPU:
        return f"needs more than {min(limit.seconds, limit.total):g} s of processor time"
    if number == signal.SIGKILL:
        raise ChildProcessError("a process that reads or judges was killed")
    if number:
        return f"ends the program that reads it ({signal.Signals(number).name})"
    if status >> 8 == _TOO_DEEP:
        return "is nested too deeply to be followed"
    return f"needs more than {limit.memory >> 20} MiB of memory"
