"""Findings to points: scores check results by a rubric."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.judging.catalog import Check, catalogue
from grader.judging.mistakes import help_with
from grader.model import (
    CheckGrade,
    CheckResult,
    Cost,
    Finding,
    ManualQuestion,
    QuestionGrade,
    Status,
)
from grader.scoring.rubric_file import (
    SHIPPED,
    Price,
    Question,
    Rubric,
    RubricError,
    load,
    mistakes,
    of,
)

__all__ = [
    "SHIPPED", "Price", "Question", "Rubric", "RubricError", "Score", "load", "mistakes", "of",
    "score",
]  # fmt: skip

ROUND = 6  # decimals that are kept of points
MOST_HINTS = 3  # of one check


@dataclass(frozen=True)
class Score:
    """The points of a submission, before they become a report."""

    questions: tuple[QuestionGrade, ...]
    manual: tuple[ManualQuestion, ...]
    checks: tuple[CheckGrade, ...]

    @property
    def points(self) -> float:
        """Return the sum of the automatic points."""
        return round(sum(q.points for q in self.questions), ROUND)

    @property
    def max_points(self) -> float:
        """Return the most automatic points there are."""
        return round(sum(q.max_points for q in self.questions), ROUND)


def score(
    results: Iterable[CheckResult], rubric: Rubric, decided: Mapping[str, float] | None = None
) -> Score:
    """Turn verdicts into points. Pure: the same arguments give the same score.

    Args:
        results: a verdict of every check.
        rubric: what findings cost.
        decided: points that a person gave a question or a check in place of those.
    """
    by_id = {result.id: result for result in results}
    grades: list[CheckGrade] = []
    questions: list[QuestionGrade] = []
    for question, shares, held in _kept(by_id, rubric, decided or {}):
        points = round(sum(shares.values()) * question.automatic, ROUND)
        title = question.title
        if held:  # its checks may all have passed: say why they earn nothing
            title += f" (counts only beside points in {' or '.join(question.needs)})"
        costs = _costs(question, by_id, rubric, points, decided or {})
        questions.append(QuestionGrade(question.id, title, points, question.automatic, costs))
        grades += [_grade(by_id[name], question, shares[name], rubric) for name in question.checks]
    manual = tuple(
        ManualQuestion(q.id, q.title, q.manual) for q in rubric.questions if q.manual > 0
    )
    return Score(tuple(questions), manual, tuple(grades))


def _kept(
    results: Mapping[str, CheckResult], rubric: Rubric, decided: Mapping[str, float]
) -> list[tuple[Question, dict[str, float], bool]]:
    """Return each question with checks, the share that each of them keeps, and if it is held."""
    asked = [question for question in rubric.questions if question.checks]
    own = {
        q.id: _shares(q, results, decided, 1 - sum(_lost(q, results, rubric).values()))
        for q in asked
    }
    earning = {q.id for q in asked if round(sum(own[q.id].values()) * q.automatic, ROUND) > 0}
    held = {q.id for q in asked if q.needs and not earning & {*q.needs} and q.id not in decided}
    nothing = {q.id: _shares(q, results, decided, 0.0) for q in asked}
    return [(q, nothing[q.id] if q.id in held else own[q.id], q.id in held) for q in asked]


def _shares(
    question: Question,
    results: Mapping[str, CheckResult],
    decided: Mapping[str, float],
    kept: float,
) -> dict[str, float]:
    """Return what each check keeps of its question, where `kept` is kept but for decisions."""
    most = question.automatic
    if question.id in decided and most:
        kept = decided[question.id] / most
    shares = _spread(question, results, min(1.0, max(0.0, kept)))
    given = {name: decided[name] / most for name in shares if name in decided and most}
    return {**shares, **{n: min(given[n], question.checks[n]) for n in given}}


def _costs(
    question: Question,
    results: Mapping[str, CheckResult],
    rubric: Rubric,
    points: float,
    decided: Mapping[str, float],
) -> tuple[Cost, ...]:
    """Return what took each point that is not there; what comes when none is left takes nothing."""
    left = round(question.automatic - points, ROUND)
    taken: dict[str, float] = {}
    lost = {} if question.id in decided else _lost(question, results, rubric)
    for name, share in lost.items():
        taken[name] = round(min(share * question.automatic, left), ROUND)
        left = round(left - taken[name], ROUND)
    if left > 0:  # by a person, of a question that is held, or what rounding has left
        last = "needs" if question.needs and not points else next(reversed(taken), "needs")
        last = "decided" if decided.keys() & {question.id, *question.checks} else last
        taken[last] = round(taken.get(last, 0.0) + left, ROUND)
    return tuple(Cost(name, cost) for name, cost in taken.items() if cost > 0)


def _lost(
    question: Question, results: Mapping[str, CheckResult], rubric: Rubric
) -> dict[str, float]:
    """Return the shares of the question that are lost, by mistake, or by check without a price."""
    charged: dict[str, set[str | None]] = {}
    unpriced: dict[str, float] = {}
    for name, share in question.checks.items():
        result = results[name]
        for mistake, where in _priced(result, rubric):
            charged.setdefault(mistake, set()).add(where)
        if result.status in (Status.FAILED, Status.ERROR):
            unpriced[name] = share * _unpriced(result, rubric)
        elif result.status is Status.SKIPPED and not _excused(result.id, results, rubric):
            unpriced[name] = share
    priced = {
        mistake: min(rubric.prices[mistake].most, rubric.prices[mistake].each * len(places))
        for mistake, places in charged.items()
    }
    return priced | unpriced


def _priced(result: CheckResult, rubric: Rubric) -> list[tuple[str, str | None]]:
    if result.status not in (Status.FAILED, Status.ERROR):
        return []
    return [
        (f.mistake, f.where)
        for f in result.findings
        if f.mistake in rubric.prices and not f.note and f.mistake is not None
    ]


def _unpriced(result: CheckResult, rubric: Rubric) -> float:
    """Return the share of a failed check that is lost for findings without a price."""
    unknown = [f for f in result.findings if f.mistake not in rubric.prices and not f.note]
    if not result.findings:
        return 1.0
    return max((1 - f.credit for f in unknown), default=0.0)


def _excused(name: str, results: Mapping[str, CheckResult], rubric: Rubric) -> bool:
    """Return whether a skipped check was held up by mistakes that are paid for already."""
    for needed in catalogue()[name].requires:
        result = results[needed]
        if result.status is Status.SKIPPED and not _excused(needed, results, rubric):
            return False
        failed = result.status in (Status.FAILED, Status.ERROR)
        if failed and _unpriced(result, rubric) > 0:
            return False
    return True


def _spread(
    question: Question, results: Mapping[str, CheckResult], kept: float
) -> dict[str, float]:
    """Return each check's share of what was kept: full where it passed, the rest in proportion."""
    passed = {n: s for n, s in question.checks.items() if results[n].status is Status.PASSED}
    others = {n: s for n, s in question.checks.items() if n not in passed}
    safe = sum(passed.values())
    low = min(1.0, kept / safe) if safe else 0.0
    rest = max(0.0, kept - safe)
    total = sum(others.values())
    spread = {n: s * low for n, s in passed.items()}
    return spread | {n: rest * s / total if total else 0.0 for n, s in others.items()}


def _hints(told: Sequence[Finding], entry: Check) -> str:
    """Return what to look for: of the first finding, and of each further mistake."""
    by_mistake = {finding.mistake: finding for finding in reversed(told) if finding.mistake}
    named = [f for f in told[1:] if f.mistake and by_mistake[f.mistake] is f]
    some = [help_with(f, "", entry.usual_cause)[1] for f in [*told[:1], *named][:MOST_HINTS]]
    hints = list(dict.fromkeys(filter(None, some)))
    return hints[0] if len(hints) == 1 else "; ".join(h.rstrip(".") for h in hints)


def _grade(result: CheckResult, question: Question, share: float, rubric: Rubric) -> CheckGrade:
    entry: Check = catalogue()[result.id]
    told = [f for f in result.findings if not f.note] or list(result.findings)
    first = told[0] if told else None
    why, _ = help_with(first, entry.why, entry.usual_cause)
    return CheckGrade(
        id=result.id,
        question=question.id,
        status=result.status,
        points=round(share * question.automatic, ROUND),
        max_points=round(question.checks[result.id] * question.automatic, ROUND),
        visibility=rubric.seen_by(result.id),
        title=entry.title,
        mistakes=tuple(sorted({f.mistake for f in result.findings if f.mistake})),
        message=result.message or (first.what if first else ""),
        expected=first.expected if first else "",
        actual=first.actual if first else "",
        why=why,
        hint=_hints(told, entry) if rubric.hints else "",
        seconds=result.seconds,
        findings=result.findings,
    )
