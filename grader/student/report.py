"""What the public checks found, by question, as both the terminal and the notebook show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.basics.numbers import many
from grader.judging.catalog import catalogue
from grader.judging.mistakes import help_with
from grader.judging.syntax import Broken
from grader.model import CheckResult, Finding, Status
from grader.model.assignment import chosen
from grader.scoring.rubric import Rubric
from grader.student.selection import Chosen

UNWRITTEN = "NotImplementedError"  # what the template's gaps raise


@dataclass(frozen=True)
class Line:
    """One public check: its verdict, and what a student reads of it."""

    id: str
    title: str
    status: Status
    findings: tuple[Finding, ...] = ()
    why: str = ""
    hint: str = ""
    waits_for: str = ""  # the check that must pass first
    fault: str = ""  # what is wrong with the grader itself

    @property
    def green(self) -> bool:
        """Return whether the check passed."""
        return self.status is Status.PASSED


@dataclass(frozen=True)
class Part:
    """One question: its checks, and what of it is not written yet, if anything."""

    id: str
    title: str
    lines: tuple[Line, ...]
    gap: str = ""

    @property
    def green(self) -> int:
        """Return how many checks passed."""
        return sum(line.green for line in self.lines)


@dataclass(frozen=True)
class PublicReport:
    """The public checks of one notebook; never a grade."""

    name: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()
    people: tuple[str, ...] = ()  # questions that are marked by people
    hints: bool = True
    broken: tuple[str, ...] = ()  # cells that are no Python: what to mend before all else

    @property
    def green(self) -> int:
        """Return how many checks passed."""
        return sum(part.green for part in self.parts)

    @property
    def count(self) -> int:
        """Return how many checks there are."""
        return sum(len(part.lines) for part in self.parts)

    @property
    def gaps(self) -> tuple[str, ...]:
        """Return what is not written yet."""
        return tuple(part.gap for part in self.parts if part.gap)

    @property
    def statuses(self) -> Mapping[str, Status]:
        """Return the verdict of each check, by id."""
        return {line.id: line.status for part in self.parts for line in part.lines}

    def summary(self) -> str:
        """Return what all of it comes to, in a sentence or two."""
        unwritten = len(self.gaps)
        questions = many(unwritten, "question")
        rest = f"; {questions} not written yet" if unwritten else ""
        green = f"public checks: {self.green} of {self.count} green{rest}. "
        people = f", and people mark {', '.join(self.people)}" if self.people else ""
        return green + f"Grading uses other numbers{people}."

    def __repr__(self) -> str:
        """Return the report as plain text."""
        from grader.student import text

        return text.render(self)

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:
        """Show plain text where IPython has no HTML."""
        printer.text("..." if cycle else repr(self))  # type: ignore[attr-defined]

    def _repr_html_(self) -> str:
        """Show a page fragment in Jupyter and Colab."""
        from grader.student import html

        return html.render(self)


def build(
    name: str,
    chosen: Iterable[Chosen],
    results: Iterable[CheckResult],
    rubric: Rubric,
    *,
    notes: Iterable[str] = (),
    hints: bool = True,
    sources: Sequence[str] = (),
    broken: Iterable[Broken] = (),
) -> PublicReport:
    """Return the report of some questions.

    Args:
        name: of the notebook, or of what was checked.
        chosen: the questions and checks that are shown.
        results: the verdicts on these, and on what they rest on.
        rubric: names the questions that people mark.
        notes: what was done to the notebook.
        hints: whether the report says what to look for.
        sources: the notebook's code cells in order, as far as they are known.
        broken: those that are no Python.
    """
    by_id = {result.id: result for result in results}
    broken = tuple(broken)
    parts = tuple(_part(one, by_id, sources) for one in chosen)
    unwritten = any(part.gap for part in parts)
    told = tuple(str(one) for one in broken if not (unwritten and one.is_unfilled))
    people = tuple(q.id for q in rubric.questions if q.manual > 0)
    return PublicReport(name, parts, tuple(notes), people, hints, told)


def _part(one: Chosen, results: Mapping[str, CheckResult], sources: Sequence[str]) -> Part:
    question = one.question
    lines = tuple(_line(results[name], results) for name in one.checks)
    failed = [f for line in lines if not line.green for f in line.findings if not f.note]
    gap = chosen().live.gap(question.id, failed, sources)
    return Part(question.id, question.title, lines, gap)


def _line(result: CheckResult, results: Mapping[str, CheckResult]) -> Line:
    entry = catalogue()[result.id]
    line = Line(result.id, entry.title, result.status, result.findings)
    if result.status is Status.SKIPPED:
        return replace(line, waits_for=_first_cause(result.id, results))
    if result.status is Status.BROKEN:
        return replace(line, fault=result.message)
    failed = [finding for finding in result.findings if not finding.note]
    if failed:
        why, look_for = help_with(failed[0], entry.why, entry.usual_cause)
        line = replace(line, why=why, hint=look_for)
    return line


def _first_cause(name: str, results: Mapping[str, CheckResult]) -> str:
    """Return the check at the bottom of it that a skipped check waits for."""
    for needed in catalogue()[name].requires:
        status = results[needed].status
        if status is Status.SKIPPED:
            return _first_cause(needed, results)
        if status is not Status.PASSED:
            return needed
    return ""
