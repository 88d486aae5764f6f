"""How student code ended: what is kept of a run while it goes on, and the words of a report."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from nbclient.exceptions import CellExecutionError

from grader import sandbox
from grader.model import CellRun, Outcome, StudentError
from grader.session.deadlines import Deadlines

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
ARROW = re.compile(r"^-+>\s*\d+\s?(.*)$", re.MULTILINE)
DIED = "KernelDied"  # for a reason that we do not know


class OutOfTime(Exception):
    """The submission has used all the time or all the kernels that it is given."""

    def __init__(self, error: StudentError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass
class Progress:
    """What has happened so far: mutable, private to the runner."""

    runs: list[CellRun] = field(default_factory=list)
    good: list[Any] = field(default_factory=list)  # cells to run again in a fresh kernel
    restarts: int = 0
    lost: bool = False  # the last kernel that was allowed is gone
    notes: list[str] = field(default_factory=list)


def why_stopped(deadlines: Deadlines, *, lost: bool) -> StudentError:
    """Return why nothing more is run; `lost`: the last kernel is gone."""
    if lost:
        return StudentError("NotRun", "not run: the last kernel that this notebook gets died")
    seconds = f"{deadlines.submission:.0f} s"
    return StudentError("OutOfTime", f"not run: the {seconds} for the whole submission are over")


def cause_of_death(manager: Any, *, flooded: bool) -> StudentError:
    """Return why a kernel is dead, as far as we know."""
    if flooded:
        return StudentError("OutputFlood", "it printed more than is kept")
    killed_for = getattr(getattr(manager, "provisioner", None), "killed_for", None)
    if killed_for:
        name = f"{killed_for.capitalize()}Limit"
        return StudentError(name, f"it used more {killed_for} than the sandbox gives")
    return StudentError(DIED, "the kernel died while this ran")


def unexplained(outcome: Outcome, error: StudentError | None) -> bool:
    """Return whether a kernel died for a reason that we do not know.

    The student's code may have done it, and then does it again; or somebody else did, the system
    when memory ran out, say, and then the student must not pay for it.
    """
    return outcome is Outcome.DIED and error is not None and error.name == DIED


def not_started(error: RuntimeError) -> sandbox.SandboxError:
    """Return the error of a kernel that could not start: ours, not the student's."""
    reason = " ".join(str(error).split())
    return sandbox.SandboxError(f"the kernel did not start in its sandbox: {reason}")


def student_error(error: CellExecutionError) -> StudentError:
    """Return the error of a cell: class, first line of the message, the line that raised it."""
    trace = ANSI.sub("", error.traceback)
    own = trace[trace.find("Cell In") :] if "Cell In" in trace else trace
    lines = ARROW.findall(own.split("File ")[0]) or ARROW.findall(own)
    message = ANSI.sub("", error.evalue).strip().splitlines()
    first = message[0][:400] if message else ""
    return StudentError(error.ename[:80], first, lines[-1].strip()[:160] if lines else "")
