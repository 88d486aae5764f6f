"""The laws of the catalogue, run over every mutant and right variant of the source tree."""

from __future__ import annotations

import multiprocessing
import textwrap
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from grader.basics.exits import BadInput
from grader.judging.catalog import catalogue
from grader.model import CheckResult, Status
from grader.proving import cases, solutions
from grader.proving.cases import Case
from grader.scoring import rubric

NAME_WIDTH = 52


@dataclass(frozen=True)
class Outcome:
    """What came of one case."""

    name: str
    part: str
    caught_by: frozenset[str]
    mistakes: frozenset[str]
    broken: frozenset[str]
    points: float
    max_points: float
    seconds: float


def judge(case: Case) -> Outcome:
    """Judge one case in this process."""
    started = time.perf_counter()
    results = solutions.judge(case.names(), case.part)
    return outcome(case, results, time.perf_counter() - started)


def outcome(case: Case, results: Mapping[str, CheckResult], seconds: float = 0.0) -> Outcome:
    """Return what the results of a case say."""
    scored = rubric.score(results.values(), rubric.load())
    findings = [f for r in results.values() for f in r.findings if not f.note]
    return Outcome(
        case.name,
        case.part,
        frozenset(r.id for r in results.values() if r.status in (Status.FAILED, Status.ERROR)),
        frozenset(str(f.mistake) for f in findings),
        frozenset(r.id for r in results.values() if r.status is Status.BROKEN),
        scored.points,
        scored.max_points,
        seconds,
    )


def faults(case: Case, got: Outcome) -> list[str]:
    """Return, a line each, how the outcome of a case breaks the laws."""
    found = [f"{name} broke" for name in sorted(got.broken)]
    found += [f"not caught by {n}" for n in sorted(case.caught_by - got.caught_by)]
    found += [
        f"caught by {n}, which it does not name" for n in sorted(got.caught_by - case.caught_by)
    ]
    # a right variant is only noted; a finding that nothing names has the mistake None
    wanted = {str(mistake) for mistake in case.mistakes} if case.caught_by else set()
    found += [f"not diagnosed as {n}" for n in sorted(wanted - got.mistakes)]
    found += [f"diagnosed as {n}" for n in sorted(got.mistakes - wanted)]
    if not case.caught_by and got.points != got.max_points:
        found.append(f"earns {got.points} of {got.max_points}")
    return found


def run(tests: Path, jobs: int, tell: Callable[[str], None]) -> bool:
    """Judge every case, tell the table, and return whether every law holds.

    Raises BadInput if the cases are not there.
    """
    mutants, variants = cases.load(tests / "mutants"), cases.load(tests / "right_variants")
    if not mutants or not variants:
        raise BadInput(f"{tests}: no mutants and right variants; selftest needs the source tree")
    if jobs < 1:
        raise BadInput(f"--jobs {jobs}: at least 1")
    started = time.perf_counter()
    every = [Case("reference", "", dict), *mutants, *variants]
    tell("# caught as named   . not concerned   ! not named   - named but not caught")
    wrong_cases, part = list[Case](), None
    for case, got in _judged(tests, every, jobs):
        if case.part != part:
            part = case.part
            for line in legend(part):
                tell(line)
        wrong = faults(case, got)
        wrong_cases += [case] if wrong else []
        tell(row(case, got, ok=not wrong))
        for line in wrong:
            tell(f"    {line}")
    unfailed = sorted(set(catalogue()) - {name for case in mutants for name in case.caught_by})
    for line in summary(every, wrong_cases, unfailed):
        tell(line)
    tell(f"{time.perf_counter() - started:.0f} s, jobs: {jobs}")
    return not wrong_cases and not unfailed


def summary(
    every: Sequence[Case], wrong: Collection[Case], unfailed: Sequence[str]
) -> Iterator[str]:
    """Yield what it comes to: what was caught, false alarms, checks that nothing tries.

    Args:
        every: the cases; those that no check is to catch are right.
        wrong: those that broke a law.
        unfailed: the checks that no mutant fails.
    """
    mutants = [case for case in every if case.caught_by]
    right = [case for case in every if not case.caught_by]
    caught = len(mutants) - sum(case in wrong for case in mutants)
    alarms = sum(case in wrong for case in right)
    yield ""
    yield f"{len(every)} cases, {len(catalogue())} checks"
    yield f"mutants caught by exactly the checks they name, as named: {caught} of {len(mutants)}"
    yield f"false alarms on right solutions: {alarms} of {len(right)}"
    yield f"checks that no mutant fails: {', '.join(unfailed) or 'none'}"


def columns(part: str) -> list[str]:
    """Return the checks that a part of the assignment is about."""
    own = [n for n in catalogue() if n.startswith((f"{part}.", f"training.{part}_"))]
    return own or list(catalogue())


def legend(part: str) -> Iterator[str]:
    """Yield the heading of a part of the table: its checks, in the order of the columns."""
    text = "  ".join(f"{i} {name}" for i, name in enumerate(columns(part), start=1))
    yield ""
    yield from textwrap.wrap(text, 80, break_on_hyphens=False)


def row(case: Case, got: Outcome, *, ok: bool) -> str:
    """Return one line of the table: the case, a mark for each check of its part, the verdict."""
    marks = "".join(_mark(name, case, got) for name in columns(case.part))
    return f"{case.name[:NAME_WIDTH]:<{NAME_WIDTH}} {marks} {'ok' if ok else 'WRONG'}"


def _mark(name: str, case: Case, got: Outcome) -> str:
    if name in got.caught_by:
        return "#" if name in case.caught_by else "!"
    return "-" if name in case.caught_by else "."


def _judged(tests: Path, every: Sequence[Case], jobs: int) -> Iterator[tuple[Case, Outcome]]:
    """Yield cases and outcomes in order; cases cannot be pickled, so they travel by name."""
    names = [case.name for case in every]
    if jobs == 1:
        yield from ((case, judge(case)) for case in every)
        return
    context = multiprocessing.get_context("spawn")  # torch's threads do not survive a fork
    with ProcessPoolExecutor(jobs, context) as pool:
        yield from zip(every, pool.map(_by_name, [tests] * len(names), names), strict=True)


def _by_name(tests: Path, name: str) -> Outcome:
    every = [Case("reference", "", dict)]
    every += [*cases.load(tests / "mutants"), *cases.load(tests / "right_variants")]
    return judge(next(case for case in every if case.name == name))
