"""Findings to points: reads a rubric, refuses a wrong one by name, and scores check results."""

from __future__ import annotations

import difflib
import functools
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.catalog import Check, catalogue
from grader.exits import BadInput
from grader.mistakes import help_with
from grader.model import CheckGrade, CheckResult, ManualQuestion, QuestionGrade, Status

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SHIPPED = Path(__file__).with_name("rubric.toml")
ROUND = 6  # decimals that are kept of points


class RubricError(BadInput):
    """A rubric that cannot be used; the message is one line that names the place."""


@dataclass(frozen=True)
class Question:
    """One question: its points, and the share of each check in the automatic ones.

    What is handed out complete earns nothing by itself: the automatic points of a question with
    `needs` count only beside points of one of those questions.
    """

    id: str
    title: str
    automatic: float
    manual: float
    checks: Mapping[str, float]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Price:
    """What a mistake takes away, as a share of the question's automatic points."""

    each: float
    most: float


@dataclass(frozen=True)
class Rubric:
    """A valid rubric."""

    questions: tuple[Question, ...]
    prices: Mapping[str, Price]
    visibility: Mapping[str, str]
    hints: bool

    def seen_by(self, check: str) -> str:
        """Return "public" or "hidden" for a check."""
        return self.visibility.get(check, self.visibility.get("default", "public"))


def load(path: Path = SHIPPED) -> Rubric:
    """Read and check a rubric. Raises RubricError with one line that names what is wrong."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RubricError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RubricError(f"{path}: not TOML: {error}") from None
    try:
        return _rubric(raw)
    except RubricError as error:
        raise RubricError(f"{path}: {error}") from None


@functools.cache
def mistakes() -> tuple[str, ...]:
    """Return the ids of all mistakes that have a price in the shipped rubric."""
    return tuple(tomllib.loads(SHIPPED.read_text("utf-8"))["prices"])


def _rubric(raw: Mapping[str, Any]) -> Rubric:
    _known(raw, ("format", "hints", "questions", "prices", "visibility"), "key")
    if raw.get("format") != 1:
        raise RubricError(f"format={raw.get('format')!r}, but this program reads format 1")
    questions = tuple(_question(k, v) for k, v in _table(raw, "questions").items())
    used: dict[str, str] = {}
    for question in questions:
        for name in question.checks:
            if name in used:
                raise RubricError(f"check {name} is in both {used[name]} and {question.id}")
            used[name] = question.id
        for name in question.needs:
            _known([name], [q.id for q in questions], f"question in questions.{question.id}.needs:")
    lost = sorted(set(catalogue()) - set(used))
    if lost:
        raise RubricError(f"no question holds the check {lost[0]}")
    _known(_table(raw, "prices"), mistakes(), "mistake")
    prices = {name: _price(name, value) for name, value in _table(raw, "prices").items()}
    visibility = _table(raw, "visibility")
    _known(visibility, ("default", *catalogue()), "check")
    for name, value in visibility.items():
        if value not in ("public", "hidden"):
            raise RubricError(f'visibility.{name}={value!r} must be "public" or "hidden"')
    hints = raw.get("hints", True)
    if not isinstance(hints, bool):
        raise RubricError(f"hints={hints!r} must be true or false")
    return Rubric(questions, prices, dict(visibility), hints)


def _table(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = raw.get(name, {})
    if not isinstance(value, Mapping):
        raise RubricError(f"{name} must be a table")
    return value


def _known(table: Iterable[str], names: Iterable[str], kind: str) -> None:
    names = list(names)
    for key in table:
        if key not in names:
            near = difflib.get_close_matches(key, names, 1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            raise RubricError(f"unknown {kind} {key!r}{meant}")


def _number(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e6:
        raise RubricError(f"{what}={value!r} must be a number, 0 or more")
    return float(value)


def _question(name: str, raw: Any) -> Question:
    if not isinstance(raw, Mapping):
        raise RubricError(f"questions.{name} must be a table")
    _known(raw, ("title", "automatic", "manual", "checks", "needs"), f"key of questions.{name}:")
    checks = _table(raw, "checks")
    _known(checks, catalogue(), "check")
    shares = {k: _number(v, f"questions.{name}.checks.{k}") for k, v in checks.items()}
    automatic = _number(raw.get("automatic", 0), f"questions.{name}.automatic")
    total = sum(shares.values())
    if automatic and abs(total - 1) > 1e-9:
        raise RubricError(f"the shares of questions.{name}.checks add up to {total:g}, not to 1")
    manual = _number(raw.get("manual", 0), f"questions.{name}.manual")
    needs = raw.get("needs", [])
    if not isinstance(needs, list) or not all(isinstance(other, str) for other in needs):
        raise RubricError(f"questions.{name}.needs={needs!r} must be a list of questions")
    return Question(name, str(raw.get("title", name)), automatic, manual, shares, tuple(needs))


def _price(name: str, raw: Any) -> Price:
    if isinstance(raw, Mapping):
        _known(raw, ("each", "most"), f"key of prices.{name}:")
        each = _number(raw.get("each"), f"prices.{name}.each")
        price = Price(each, _number(raw.get("most", each), f"prices.{name}.most"))
    else:
        price = Price(_number(raw, f"prices.{name}"), _number(raw, f"prices.{name}"))
    if max(price.each, price.most) > 1:
        raise RubricError(f"prices.{name}={raw!r} takes away more than the whole question (1)")
    return price


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


def score(results: Iterable[CheckResult], rubric: Rubric) -> Score:
    """Turn verdicts into points. Pure: the same results and rubric give the same score."""
    by_id = {result.id: result for result in results}
    grades: list[CheckGrade] = []
    questions: list[QuestionGrade] = []
    for question, kept, held in _kept(by_id, rubric):
        points = round(kept * question.automatic, ROUND)
        title = question.title
        if held:  # its checks may all have passed: say why they earn nothing
            title += f" (counts only beside points in {' or '.join(question.needs)})"
        questions.append(QuestionGrade(question.id, title, points, question.automatic))
        shares = _spread(question, by_id, kept)
        grades += [_grade(by_id[name], question, shares[name], rubric) for name in question.checks]
    manual = tuple(
        ManualQuestion(q.id, q.title, q.manual) for q in rubric.questions if q.manual > 0
    )
    return Score(tuple(questions), manual, tuple(grades))


def _kept(results: Mapping[str, CheckResult], rubric: Rubric) -> list[tuple[Question, float, bool]]:
    """Return each question with checks, the share of its points that is earned, if it is held."""
    asked = [question for question in rubric.questions if question.checks]
    own = {q.id: 1 - min(1.0, _lost(q, results, rubric)) for q in asked}
    earning = {q.id for q in asked if round(own[q.id] * q.automatic, ROUND) > 0}
    held = {q.id for q in asked if q.needs and not earning & {*q.needs}}
    return [(q, 0.0 if q.id in held else own[q.id], q.id in held) for q in asked]


def _lost(question: Question, results: Mapping[str, CheckResult], rubric: Rubric) -> float:
    """Return the share of the question that is lost: priced mistakes, and what has no price."""
    charged: dict[str, set[str | None]] = {}
    lost = 0.0
    for name, share in question.checks.items():
        result = results[name]
        priced = _priced(result, rubric)
        for mistake, where in priced:
            charged.setdefault(mistake, set()).add(where)
        if result.status in (Status.FAILED, Status.ERROR):
            lost += share * _unpriced(result, rubric)
        elif result.status is Status.SKIPPED and not _excused(result.id, results, rubric):
            lost += share
    for mistake, places in charged.items():
        price = rubric.prices[mistake]
        lost += min(price.most, price.each * len(places))
    return lost


def _priced(result: CheckResult, rubric: Rubric) -> set[tuple[str, str | None]]:
    if result.status not in (Status.FAILED, Status.ERROR):
        return set()
    return {
        (f.mistake, f.where)
        for f in result.findings
        if f.mistake in rubric.prices and not f.note and f.mistake is not None
    }


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


def _grade(result: CheckResult, question: Question, share: float, rubric: Rubric) -> CheckGrade:
    entry: Check = catalogue()[result.id]
    told = [f for f in result.findings if not f.note] or list(result.findings)
    first = told[0] if told else None
    why, look_for = help_with(first, entry.why, entry.usual_cause)
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
        hint=look_for if rubric.hints else "",
        seconds=result.seconds,
        findings=result.findings,
    )
