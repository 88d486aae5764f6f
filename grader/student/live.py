"""`check(CNN)`, `check("C1")`, `check()`: the public checks in the notebook's own kernel."""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from grader.basics.exits import BadInput
from grader.kernel.agent.serve import Agent
from grader.model import ExecutedNotebook, Outcome, Reply, Request, StudentError, Submission
from grader.scoring import rubric
from grader.student import history, judging, report, selection
from grader.student.report import PublicReport
from grader.student.undisturbed import in_ipython, undisturbed

CLASSES = ("MyConv2d", "CNN", "UNet")
NETWORK = "model"  # Part C's
USE = "check(CNN), check(UNet), check(MyConv2d), check(model), check('C1') or check()"


class WrongUse(BadInput):
    """Something was given that names no check; a notebook shows the line alone."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        return [f"check: {self}"]


def check_in(caller: dict[str, Any], what: tuple[Any, ...], *, hints: bool) -> PublicReport:
    """Return what `grader.check(*what)` does, called in a module with the names `caller`."""
    namespace = _namespace(caller)
    words, given = _read(what)
    rules = rubric.load()
    try:
        chosen = selection.choose(words, rules, live=True)
    except BadInput as bad:
        raise WrongUse(str(bad)) from None
    names = [name for one in chosen for name in one.checks]
    cells = history.sources(namespace)
    submission = Submission("notebook", notebook=history.notebook(cells))
    with undisturbed(namespace):
        ask = functools.partial(_ask, Agent({**namespace, **given}))
        results = judging.judge(names, ask, submission, ExecutedNotebook("none"))
    title = ", ".join(words) or "this notebook"
    broken = history.broken(cells)
    return report.build(title, chosen, results, rules, hints=hints, sources=cells, broken=broken)


def _namespace(caller: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook's names; outside of IPython, those of the module that calls."""
    if in_ipython():
        found: dict[str, Any] = sys.modules["IPython"].get_ipython().user_ns
        return found
    return caller


def _read(what: tuple[Any, ...]) -> tuple[list[str], dict[str, Any]]:
    """Return the words that select checks, and the objects that were given by name."""
    words: list[str] = []
    given: dict[str, Any] = {}
    for item in what:
        name = getattr(item, "__name__", None)
        if isinstance(item, (str, Path)):
            words.append(str(item))
        elif isinstance(item, type) and name in CLASSES:
            words.append(str(name))
            given[str(name)] = item
        elif isinstance(item, torch.nn.Module) and hasattr(item, "classifier"):
            words.append("C2")
            given[NETWORK] = item
        else:
            raise WrongUse(f"check({_shown(item)}): {_remedy(item)}")
    return words, given


def _shown(item: Any) -> str:
    if isinstance(item, torch.nn.Module):
        return f"{type(item).__name__}(...)"
    return str(getattr(item, "__name__", type(item).__name__))


def _remedy(item: Any) -> str:
    if isinstance(item, torch.nn.Module) and type(item).__name__ in CLASSES:
        return f"give the class itself: check({type(item).__name__})"
    if isinstance(item, type):
        return f"a class is checked under its name in the handout; use {USE}"
    return f"use {USE}"


def _ask(agent: Agent, request: Request) -> Reply:
    """Return the answer of the live namespace, read as if it had come from a kernel."""
    tensors = {name: torch.from_numpy(array.copy()) for name, array in request.arrays.items()}
    head, arrays = agent.answer(request.kind, request.params, tensors)
    error: Mapping[str, str] | None = head["error"]
    return Reply(
        request.id,
        Outcome(head["outcome"]),
        head["values"],
        {name: array.numpy() for name, array in arrays.items()},
        StudentError(**error) if error else None,
    )
