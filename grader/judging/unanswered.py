"""What a report says where the student's code gave no answer: it raised, hung or is not there."""

from __future__ import annotations

import textwrap

from grader.judging import cells, torch_errors
from grader.model import Finding, Outcome, Reply, Request, StudentError

PART_C = ("finetune", "segment")  # kinds of requests about its network
ARGUMENTS = ("kernel", "num_filters", "num_colours", "num_in_channels")
NOTHING = "NothingReturned"  # the agent's word for a forward that returned None
MOST_OF_TORCH = 150  # characters of a message that is told in our words as well
OF_A_LAYER = ("in_channels", "out_channels", "kernel_size", "padding")


def call_of(request: Request | None) -> str:
    """Return the student's call that a request makes, for instance `CNN(3, 32, 24, 1)`."""
    if request is None or "class" not in request.params:
        return "the notebook"
    names = OF_A_LAYER if request.kind == "conv2d" else ARGUMENTS
    pairs = zip(names, request.params["args"], strict=False)
    words = [f"{name}={value}" for name, value in pairs]
    words += [f"{k}={v}" for k, v in request.params.get("kwargs", {}).items()]
    return f"{request.params['class']}({', '.join(words)})"


def no_answer(reply: Reply, request: Request | None, notebook: str | None = None) -> Finding:
    """Return the finding for a reply that did not come out well.

    `notebook`, JSON text, tells in which cell the line stands that raised.
    """
    error, hint = reply.error, None
    actual, mistake = {
        Outcome.MISSING: (str(error.message if error else "there is no such name"), "missing"),
        # No mistake is named for a reply that never came: nobody knows what it would have been.
        Outcome.TIMED_OUT: ("it did not come to an end in time", None),
        Outcome.DIED: ("the kernel died while it ran", None),
        Outcome.REFUSED: (f"an answer that cannot be used: {error}", None),
    }.get(reply.outcome, (f"no answer: {error.message if error else 'it was never asked'}", None))
    if reply.outcome is Outcome.RAISED and error is not None:
        subject = str(request.params.get("class", "")) if request else ""
        actual = raised(error, subject, notebook)
        mistake = "returns_nothing" if error.name == NOTHING else "raises"
        hint = look_for(error, subject)
    return Finding(call_of(request), _due(request), actual, mistake, hint=hint)


def _due(request: Request | None) -> str:
    if request and request.kind.startswith(PART_C):
        return "the network of Part C in `model`, and its train(args, model)"
    return "a class that builds and runs" if request and "class" in request.params else "an answer"


def raised(error: StudentError, subject: str = "", notebook: str | None = None) -> str:
    """Return an error in words: at which line of whose cell, what it means, what torch said.

    >>> raised(StudentError("KeyError", "'y'", "return parts['y']"))
    "it raises KeyError at `return parts['y']`: 'y'"
    """
    return f"it raises {told(error, subject, notebook)}"


def told(error: StudentError, subject: str = "", notebook: str | None = None) -> str:
    """Return the same without who raised it.

    >>> told(StudentError("ValueError", "optimizer got an empty parameter list"))
    'ValueError: the optimizer gets nothing to learn (optimizer got an empty parameter list)'
    """
    cell = cells.holding(error.line, subject, notebook) if error.line and notebook else None
    place = f" in {cells.name(cell)}" if cell else ""
    at = f" at `{error.line}`{place}" if error.line else ""
    known = torch_errors.meaning(error, subject)
    message = textwrap.shorten(error.message, MOST_OF_TORCH, placeholder=" ...")
    said = f"{known.says} ({message})" if known else error.message
    return f"{error.name}{at}" + (f": {said}" if said else "")


def look_for(error: StudentError, subject: str = "") -> str | None:
    """Return what to look for after an error: what it means, else the line that raised it."""
    known = torch_errors.meaning(error, subject)
    return f"{known.look_for}." if known else error.line or None
