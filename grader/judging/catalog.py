"""The catalogue of checks: the decorator, the read-only registry, and the judge.

A check is a generator of findings over a submission's evidence and the reference's replies. It
does no I/O, holds no state and knows nothing of points.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType, ModuleType

from grader.basics import budget
from grader.judging.draws import Draw
from grader.judging.syntax import broken, with_cause
from grader.judging.unanswered import no_answer
from grader.kernel.requests import Ask
from grader.model import (
    CheckResult,
    Evidence,
    Finding,
    NoAnswer,
    Outcome,
    Replies,
    Reply,
    Request,
    Status,
    capped,
)
from grader.model.assignment import chosen, part

IDENTIFIER = re.compile(r"\A[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\Z")
CheckFunction = Callable[[Evidence, Replies], Iterable[Finding]]
PATIENCE = 3  # checks that may cost too much to judge before the rest is given up


@dataclass(frozen=True)
class Check:
    """One entry of the catalogue."""

    id: str
    function: CheckFunction
    requires: tuple[str, ...]
    title: str
    why: str
    usual_cause: str
    tolerates: tuple[str | None, ...] = ()


def check(
    id: str,  # noqa: A002
    requires: Iterable[str] = (),
    tolerates: Iterable[str | None] = (),
) -> Callable[[CheckFunction], CheckFunction]:
    """Mark a generator of findings as the check `id` ("question.property").

    Its docstring is what a student reads: a first line that states the property, then the
    paragraphs "Why it matters: ..." and "Usual cause: ...". `tolerates` names mistakes, None for
    those without a name, for which a check of `requires` may have failed.

    Raises ValueError for a malformed id or docstring, at import.
    """
    if not IDENTIFIER.match(id):
        raise ValueError(f"check id {id!r} is not of the form question.property")

    def mark(function: CheckFunction) -> CheckFunction:
        title, why, cause = _sections(id, inspect.getdoc(function) or "")
        function.check = Check(id, function, tuple(requires), title, why, cause, tuple(tolerates))  # type: ignore[attr-defined]
        return function

    return mark


def _sections(id: str, text: str) -> tuple[str, str, str]:  # noqa: A002
    title, *parts = re.split(r"^(Why it matters|Usual cause): ", text, flags=re.MULTILINE)
    found = {
        label: " ".join(body.split()) for label, body in zip(parts[::2], parts[1::2], strict=True)
    }
    for label in ("Why it matters", "Usual cause"):
        if label not in found:
            raise ValueError(f"check {id}: its docstring has no line '{label}: ...'")
    return " ".join(title.split()), found["Why it matters"], found["Usual cause"]


def _modules() -> list[ModuleType]:
    return [part(name) for name in chosen().checks]


@functools.cache
def catalogue() -> Mapping[str, Check]:
    """Return every check by id, prerequisites first; nothing can change it."""
    found: dict[str, Check] = {}
    for module in _modules():
        own = [value for value in vars(module).values() if _is_of(value, module)]
        for function in (*getattr(module, "CHECKS", ()), *own):
            found[function.check.id] = function.check
    for entry in found.values():
        for needed in entry.requires:
            if needed not in found:
                raise ValueError(f"check {entry.id} requires the unknown check {needed!r}")
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: _depth(item[1], found))))


def _is_of(value: object, module: ModuleType) -> bool:
    return isinstance(getattr(value, "check", None), Check) and value.__module__ == module.__name__


def _depth(entry: Check, found: Mapping[str, Check]) -> int:
    return 1 + max((_depth(found[needed], found) for needed in entry.requires), default=0)


def _of(families: Iterable[str] | None) -> list[ModuleType]:
    """Return the modules of some families of checks; None for all."""
    wanted = chosen().families() if families is None else set(families)
    return [module for module in _modules() if module.__name__.rpartition(".")[2] in wanted]


def requests(draw: Draw, families: Iterable[str] | None = None) -> Iterator[Request]:
    """Yield everything that the checks ask of a submission, with numbers from `draw`.

    `families` of checks, by what their ids begin with, leave out what the others ask.
    """
    for module in _of(families):
        ask = getattr(module, "requests", None)
        if ask is not None:
            yield from ask(draw)


def further(replies: Replies) -> Iterator[Request]:
    """Yield the requests held in reserve that these replies call for."""
    for module in _modules():
        call_for = getattr(module, "further", None)
        if call_for is not None:
            yield from call_for(replies)


def explore(
    ask: Ask,
    replies: Replies,
    families: Iterable[str] | None = None,
    limit: budget.Limit | None = None,
) -> Iterator[tuple[Request, Reply]]:
    """Yield what is asked further because of the answers to `requests`, with the answers.

    With a limit of what the search may cost, it ends there; without, it runs in this process.
    """
    modules = [m for m in _of(families) if hasattr(m, "search")]
    searches = [m.search for m in modules if m.calls_for_search(replies)]
    if not searches:
        return

    def found(put: Ask) -> Iterator[tuple[Request, Reply]]:
        for search in searches:
            yield from search(put, replies)

    if limit is None:
        yield from found(ask)
        return
    with contextlib.suppress(budget.Exceeded):  # the verdicts need none of it
        yield from budget.converse(found, ask, limit)


def with_prerequisites(names: Iterable[str]) -> frozenset[str]:
    """Return the checks called `names` and all that they rest on."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += catalogue()[name].requires
    return frozenset(found)


def judge(
    evidence: Evidence,
    reference: Replies,
    only: Iterable[str] | None = None,
    limit: budget.Limit | None = None,
) -> tuple[CheckResult, ...]:
    """Return the verdict of every check, in the catalogue's order.

    Args:
        evidence: of the submission.
        reference: the reference's replies to the same requests.
        only: the checks that are wanted; what these rest on is judged with them.
        limit: what a check may cost; one that costs more is an error of the submission's, and
            after `PATIENCE` of them nothing more is judged. None: judge in this process.
    """
    wanted = catalogue().keys() if only is None else with_prerequisites(only)
    waiting = [entry for name, entry in catalogue().items() if name in wanted]
    results: dict[str, CheckResult] = {}
    if limit is None:
        results.update((r.id, r) for r in _judged(waiting, results, evidence, reference))
        return tuple(results.values())
    for tries_left in reversed(range(PATIENCE)):
        work = functools.partial(_judged, waiting, results, evidence, reference)
        try:
            results.update((r.id, r) for r in budget.stream(work, limit))
        except budget.Exceeded as over:
            waiting = [entry for entry in waiting if entry.id not in results]
            lost = waiting[:1] if tries_left else waiting
            results.update((entry.id, _over_budget(entry, over)) for entry in lost)
        waiting = [entry for entry in waiting if entry.id not in results]
    return tuple(results.values())


def _judged(
    entries: Iterable[Check],
    before: Mapping[str, CheckResult],
    evidence: Evidence,
    reference: Replies,
) -> Iterator[CheckResult]:
    """Yield the verdict of each check; `before` are those of earlier ones."""
    known = dict(before)
    for entry in entries:
        unmet = [n for n in entry.requires if not met(known[n], entry.tolerates)]
        if unmet:
            message = f"not judged: {unmet[0]} did not pass"
            result = CheckResult(entry.id, Status.SKIPPED, (), message)
        else:
            unread = broken(evidence.notebook.cells, evidence.submission.notebook)
            result = with_cause(_judge_one(entry, evidence, reference), unread)
        known[entry.id] = result
        yield result


def met(result: CheckResult, tolerated: Collection[str | None]) -> bool:
    """Return whether a check passed, or failed for nothing but mistakes that do not matter."""
    told = [f.mistake for f in result.findings if not f.note]
    forgiven = result.status is Status.FAILED and bool(told) and {*told} <= {*tolerated}
    return result.status is Status.PASSED or forgiven


def _over_budget(entry: Check, over: budget.Exceeded) -> CheckResult:
    """Return the verdict on answers that no right network gives: they cost too much to judge."""
    finding = Finding(
        f"what was handed in and answered for {entry.id}",
        "what can be judged in seconds",
        f"judging it {over}",
    )
    return CheckResult(entry.id, Status.ERROR, (finding,))


def _unanswered(reply: Reply) -> str:
    """Return what is wrong with the grader where the reference itself gives no answer."""
    why = f": {reply.error}" if reply.error else ""
    return f"the reference gave no answer to {reply.id}{why}"


def _judge_one(entry: Check, evidence: Evidence, reference: Replies) -> CheckResult:
    started = time.perf_counter()

    def result(
        status: Status, findings: tuple[Finding, ...] = (), message: str = ""
    ) -> CheckResult:
        seconds = time.perf_counter() - started
        return CheckResult(entry.id, status, findings, message, seconds)

    try:
        findings = capped(entry.function(evidence, reference))
    except NoAnswer as missing:
        if missing.of is not evidence.replies:
            return result(Status.BROKEN, (), _unanswered(missing.reply))
        asked = evidence.replies.requests.get(missing.reply.id)
        finding = no_answer(missing.reply, asked, evidence.submission.notebook)
        missing_name = missing.reply.outcome is Outcome.MISSING
        return result(Status.FAILED if missing_name else Status.ERROR, (finding,))
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # noqa: BLE001 - a bug of ours must not become a student's score
        return result(Status.BROKEN, (), f"{type(error).__name__}: {error}")
    failed = any(not finding.note for finding in findings)
    return result(Status.FAILED if failed else Status.PASSED, findings)
