"""How student code ended: what is kept of a run while it goes on, and the words of a report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from grader.kernel import sandbox
from grader.kernel.session import flood
from grader.kernel.session.deadlines import Deadlines
from grader.model import CellRun, LeftOut, Outcome, StudentError

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
ARROW = re.compile(r"^-+>\s*\d+\s?(.*)$", re.MULTILINE)
PLACE = re.compile(r"\bCell In\[\d+\], line (\d{1,6})")
MOST_LEFT_OUT = 20  # statements of one cell
UNSEEN = StudentError("NotShown", "further errors, if any, are not shown")
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


def student_error(name: str, value: str, trace: str) -> StudentError:
    """Return the error of a cell: class, first line of the message, the line that raised it."""
    trace = ANSI.sub("", trace)
    own = trace[trace.find("Cell In") :] if "Cell In" in trace else trace
    lines = ARROW.findall(own.split("File ")[0]) or ARROW.findall(own)
    message = ANSI.sub("", value).strip().splitlines()
    first = message[0][:400] if message else ""
    return StudentError(name[:80], first, lines[-1].strip()[:160] if lines else "")


def left_out(outputs: Iterable[Any]) -> tuple[LeftOut, ...]:
    """Return the statements of a cell that raised, as far as its outputs show them."""
    outputs = list(outputs)
    shown = [output for output in outputs if output.get("output_type") == "error"]
    found = list(map(_left_out, shown[:MOST_LEFT_OUT]))
    if shown[MOST_LEFT_OUT:] or any(output.get("text") == flood.CUT for output in outputs):
        found.append(LeftOut(0, UNSEEN))
    return tuple(found)


def _left_out(output: Any) -> LeftOut:
    trace = ANSI.sub("", "\n".join(output["traceback"]))
    place = PLACE.search(trace)
    error = student_error(output["ename"], output["evalue"], trace)
    return LeftOut(int(place[1]) if place else 0, error)
