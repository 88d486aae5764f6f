"""`check(...)`: the public checks in the notebook's own kernel."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import Any

from grader.basics.exits import BadInput
from grader.judging import in_process
from grader.judging.syntax import with_cause
from grader.model import ExecutedNotebook, Submission
from grader.model.assignment import chosen
from grader.scoring import rubric
from grader.student import history, judging, report, selection
from grader.student.history import in_ipython
from grader.student.report import PublicReport


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
        wanted = selection.choose(words, rules, live=True)
    except BadInput as bad:
        raise WrongUse(str(bad)) from None
    names = [name for one in wanted for name in one.checks]
    cells = history.sources(namespace)
    submission = Submission("notebook", notebook=history.notebook(cells))
    with chosen().live.undisturbed(namespace):
        agent = in_process.agent({**namespace, **given})
        ask = functools.partial(in_process.ask, agent=agent)
        judged = judging.judge(names, ask, submission, ExecutedNotebook("none"))
    title = ", ".join(words) or "this notebook"
    broken = tuple(history.broken(cells))
    results = [with_cause(result, broken) for result in judged]
    return report.build(title, wanted, results, rules, hints=hints, sources=cells, broken=broken)


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
        known = chosen().live.named(item)
        if isinstance(item, (str, Path)):
            words.append(str(item))
        elif known is not None:
            words.append(known[0])
            given[known[1]] = item
        else:
            raise WrongUse(f"check({_shown(item)}): {_remedy(item)}")
    return words, given


def _shown(item: Any) -> str:
    if _is_made(item):
        return f"{type(item).__name__}(...)"
    return str(getattr(item, "__name__", type(item).__name__))


def _is_made(item: Any) -> bool:
    """Return whether something is an object of a class that the assignment asks for."""
    return not isinstance(item, type) and type(item).__name__ in chosen().classes.values()


def _remedy(item: Any) -> str:
    if _is_made(item):
        return f"give the class itself: check({type(item).__name__})"
    if isinstance(item, type):
        return f"a class is checked under its name in the handout; use {chosen().live.use}"
    return f"use {chosen().live.use}"
