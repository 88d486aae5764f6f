"""Ctrl-C: one line and no traceback, at whatever moment; a second one ends the program at once."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType

from grader.basics.exits import INTERRUPTED

AGAIN = "interrupted; give the same command again"


class _Pressed:
    """What to say, and whether there is something to say."""

    line = AGAIN
    yes = False


def told(line: str) -> None:
    """Set what is said if somebody interrupts from now on: how far it is, and how to go on."""
    _Pressed.line = line


def line() -> str:
    """Return what is to be said."""
    return _Pressed.line


def pressed() -> bool:
    """Return whether somebody pressed Ctrl-C: then whatever fails does so for that reason."""
    return _Pressed.yes


@contextlib.contextmanager
def expected() -> Iterator[None]:
    """Answer Ctrl-C in one line while the program runs; for its main thread, from the outside."""
    signal.signal(signal.SIGINT, _first)
    sys.unraisablehook = _lost
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # what is left to do says nothing


def _first(_number: int, _frame: FrameType | None) -> None:
    """Stop what is going on, so that it can put its things in order."""
    _Pressed.yes = True
    signal.signal(signal.SIGINT, _second)
    raise KeyboardInterrupt


def _second(_number: int, _frame: FrameType | None) -> None:
    _end()


def _end() -> None:
    """End now: workers end with this process, and the next run finishes and clears up."""
    with contextlib.suppress(OSError):
        os.write(2, f"\ngrader: {_Pressed.line}\n".encode(errors="backslashreplace"))
    os._exit(INTERRUPTED)


def _lost(unraisable: sys.UnraisableHookArgs) -> None:
    """End for an interrupt that came where none gets out: while something was thrown away."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        _end()
    sys.__unraisablehook__(unraisable)


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Start a process that is not to be interrupted itself: it begins with SIGINT held back.

    That process ignores it as soon as it can; see `grader.batch.preload`.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ignored() -> None:
    """Leave Ctrl-C to the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
