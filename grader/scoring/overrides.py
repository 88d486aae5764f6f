"""What people decided in the grader's place, as it is kept; which of it a report can have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.basics import storage
from grader.basics.csvfile import write as as_csv
from grader.basics.exits import BadInput, shown
from grader.basics.files import Refused, read_plain
from grader.basics.nearest import meant
from grader.model import BONUS, DEDUCTION, CheckGrade, Decision, GradeReport, QuestionGrade
from grader.scoring.marks import EPSILON, SIZE_LIMIT

TABLE, STORE = "overrides.csv", "overrides.json"
COLUMNS = ("submission", "question or check", "points or verdict", "reason", "who")
CHANGES = (BONUS, DEDUCTION)
FORMAT = 1


@dataclass(frozen=True)
class Override:
    """A decision, and the files that it was about."""

    decision: Decision
    files: str  # digest of what was handed in then


@dataclass(frozen=True)
class Overrides:
    """All decisions of a class by submission: what overrides.json holds."""

    overrides: Mapping[str, tuple[Override, ...]] = field(default_factory=dict)
    format: int = FORMAT

    def of(self, report: GradeReport) -> tuple[Decision, ...]:
        """Return the decisions on a report that its questions and checks can have."""
        given = self.overrides.get(report.submission.id, ())
        fits = [o.decision for o in given if misfit(o.decision, report) is None]
        return tuple(fits) if report.status == "graded" else ()

    def left_out(self, report: GradeReport) -> str:
        """Return which decisions on a graded report do not fit any more, and why; "" if all do."""
        given = (o.decision for o in self.overrides.get(report.submission.id, ()))
        found = [f"{d.what} ({why})" for d in given if (why := misfit(d, report)) is not None]
        lost = found and report.status == "graded"
        return f"a person's decision is left out: {', '.join(found)}" if lost else ""

    def notes(self, report: GradeReport) -> list[str]:
        """Return what a person should look at again."""
        id_ = report.submission.id
        found = []
        for override in self.overrides.get(id_, ()):
            place = shown(f"{id_} {override.decision.what}")
            why = misfit(override.decision, report)
            if report.status != "graded":
                found.append(f"{place}: decided by a person, but withheld now: it does not count")
            elif why is not None:
                found.append(f"{place}: decided by a person, but left out now: {shown(why)}")
            elif override.files != of_files(report):
                found.append(f"{place}: handed in again since a person decided; look at it again")
        return found


def of_files(report: GradeReport) -> str:
    """Return a digest of what was handed in."""
    plain = sorted((file.name, file.sha256) for file in report.submission.files)
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def load(folder: Path) -> Overrides:
    """Return the decisions of a folder of results; none if there are none.

    Raises BadInput for an overrides.json that cannot be read.
    """
    path = folder / STORE
    if not path.exists():
        return Overrides()
    try:
        found = storage.from_json(Overrides, read_plain(path, SIZE_LIMIT))
    except (Refused, storage.Unreadable) as error:
        raise BadInput(
            f"{shown(path)}: cannot be read ({error}); move it away and merge {TABLE} again"
        ) from None
    if found.format != FORMAT:
        raise BadInput(f"{shown(path)}: format {found.format}, but this program reads {FORMAT}")
    return found


def to_json(overrides: Overrides) -> bytes:
    """Return decisions as the bytes of overrides.json."""
    return storage.to_json(overrides)


def table(overrides: Overrides) -> bytes:
    """Return decisions as the bytes of overrides.csv."""
    rows = [
        [id_, one.what, one.verdict or f"{one.points:g}", one.reason, one.who]
        for id_, given in sorted(overrides.overrides.items())
        for one in (override.decision for override in given)
    ]
    return as_csv(COLUMNS, rows, to_be_filled_in=True)


def misfit(decision: Decision, report: GradeReport) -> str | None:
    """Return why a report cannot have a decision; None if it can."""
    what = decision.what
    if what in CHANGES:
        if decision.verdict:
            return f"a {what} is in points, not {decision.verdict!r}"
        most, least = report.total_max, EPSILON
    else:
        place = _place(what, report)
        if place is None:
            return _unknown(what, report)
        if decision.verdict:
            if isinstance(place, CheckGrade):
                return None
            return f"{decision.verdict!r} is a verdict on a check; give a question points"
        most, least = place.max_points, 0.0
    points = decision.points or 0.0
    if least <= points <= most + EPSILON:
        return None
    return f"points {points:g} are not from {'above ' if least else ''}0 to {most:g}"


def _place(what: str, report: GradeReport) -> CheckGrade | QuestionGrade | None:
    asked: tuple[CheckGrade | QuestionGrade, ...] = (*report.questions, *report.checks)
    return next((place for place in asked if place.id == what), None)


def _unknown(what: str, report: GradeReport) -> str:
    if any(question.question == what for question in report.manual):
        return "a person marks it: its points go into marks.csv"
    names = [q.id for q in report.questions] + [c.id for c in report.checks]
    near = meant(what, [*names, *CHANGES]) or "; `grader checks` lists them"
    return f"no question or check {what!r}{near}"


def effects(before: Sequence[GradeReport], after: Iterable[GradeReport]) -> list[str]:
    """Return a line for each question whose points a merge of decisions changed."""
    old = {(r.submission.id, q.id): q.points for r in before for q in r.questions}
    decided = {r.submission.id for r in before if r.decisions}
    return [
        f"{shown(f'{r.submission.id} {q.id}')}: {old[r.submission.id, q.id]:.2f} before, "
        f"{q.points:.2f} of {q.max_points:.2f} now"
        for r in after
        if r.decisions or r.submission.id in decided
        for q in r.questions
        if old.get((r.submission.id, q.id)) not in (None, q.points)
    ]
