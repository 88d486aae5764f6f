"""What a report found, in the order and the grouping in which a page shows it. No markup."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.judging.syntax import NOT_PYTHON, is_cause
from grader.model import CheckGrade, Finding, GradeReport, QuestionGrade, Status
from grader.reports import costs
from grader.reports.html import places

MOST_FINDINGS = 8  # shown of a check; report.json has them all
MOST_IN_SHORT = 8
MOST_BESIDE = 6  # findings next to one cell
FAILED = (Status.FAILED, Status.ERROR, Status.BROKEN)
CONSEQUENCES = ("values", "gradients")  # of a mistake that another check names more plainly
HANDIN, NOTEBOOK = "handin.", "handin.notebook"
WAITS = "not judged"  # for a check that its reader is not told of
PREREQUISITE = re.compile(r"not judged: (\S+) did not pass\Z")


@dataclass(frozen=True)
class Shown:
    """One check with what was found, and the cell that it is about (from 0)."""

    check: CheckGrade
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    more: int = 0
    cells: tuple[int, ...] = ()
    needs: str = ""  # the check that has to pass first
    costs: Mapping[str, str] = field(
        default_factory=dict
    )  # told here first: of a mistake, or of it

    @property
    def anchor(self) -> str:
        """Return the id of the check on the page."""
        return anchor("check", self.check.id)

    @property
    def unjudged(self) -> str:
        """Return why nothing was judged, where it is not that another check has to pass first."""
        return "" if self.needs or self.check.message == WAITS else self.check.message

    @property
    def hint(self) -> str:
        """Return what to look for, unless the findings say it already."""
        said = any(f"`{self.check.hint}`" in finding.actual for finding in self.findings)
        return "" if said else self.check.hint


@dataclass(frozen=True)
class Section:
    """One question: its points, and its checks by what came of them."""

    question: QuestionGrade
    failed: tuple[Shown, ...]
    skipped: tuple[Shown, ...]
    passed: tuple[Shown, ...]

    @property
    def anchor(self) -> str:
        """Return the id of the question on the page."""
        return anchor("question", self.question.id)

    @property
    def checks(self) -> tuple[Shown, ...]:
        """Return all checks."""
        return self.failed + self.skipped + self.passed


@dataclass(frozen=True)
class Headline:
    """One mistake, once, however many checks it tripped."""

    shown: Shown
    finding: Finding
    others: int = 0  # findings of the same mistake in the same question
    cost: str = ""

    @property
    def is_broken(self) -> bool:
        """Return whether it is a cell that Python cannot read: what it defines is not there."""
        return _is_broken(self.finding)

    @property
    def rank(self) -> tuple[bool, bool]:
        """Return what it is sorted by: broken cells first, what costs nothing last."""
        return not self.is_broken, not self.shown.check.max_points


@dataclass(frozen=True)
class Beside:
    """A finding next to its cell."""

    shown: Shown
    finding: Finding


def anchor(kind: str, name: str) -> str:
    """Return the id of something on the page.

    >>> anchor("check", "cnn.blocks")
    'check-cnn-blocks'
    """
    return f"{kind}-{re.sub(r'[^A-Za-z0-9]+', '-', name)}"


def sections(report: GradeReport, at: Mapping[str, int]) -> tuple[Section, ...]:
    """Return the questions with their checks, as the rubric orders them."""
    questions = report.questions or tuple(_without_points(report))
    checks = tuple(_one_cause(report.checks))
    return tuple(_section(question, checks, at) for question in questions)


def _one_cause(checks: Sequence[CheckGrade]) -> Iterator[CheckGrade]:
    """Yield checks; where there is no notebook, that is said once and every other one waits."""
    gone = any(check.id == NOTEBOOK and check.status in FAILED for check in checks)
    for check in checks:
        if gone and check.status in FAILED and not check.id.startswith(HANDIN):
            waits = f"not judged: {NOTEBOOK} did not pass"
            yield replace(check, status=Status.SKIPPED, message=waits, findings=())
        else:
            yield check


def within(found: Iterable[Section], cells: Collection[int]) -> tuple[Section, ...]:
    """Return sections that lead only to cells that are on the page."""

    def kept(some: Iterable[Shown]) -> tuple[Shown, ...]:
        return tuple(replace(s, cells=tuple(c for c in s.cells if c in cells)) for s in some)

    return tuple(
        replace(s, failed=kept(s.failed), skipped=kept(s.skipped), passed=kept(s.passed))
        for s in found
    )


def _without_points(report: GradeReport) -> Iterator[QuestionGrade]:
    """Yield the questions of a report that is withheld."""
    for name in dict.fromkeys(check.question for check in report.checks):
        yield QuestionGrade(name, "", 0.0, 0.0)


def _section(
    question: QuestionGrade, checks: Iterable[CheckGrade], at: Mapping[str, int]
) -> Section:
    own = [_shown(check, at) for check in checks if check.question == question.id]
    own = list(_with_costs(own, {of: costs.minus(c) for of, c in costs.shown(question).items()}))
    return Section(
        question,
        tuple(s for s in own if s.check.status in FAILED),
        tuple(s for s in own if s.check.status is Status.SKIPPED),
        tuple(s for s in own if s.check.status is Status.PASSED),
    )


def _with_costs(checks: Iterable[Shown], taken: Mapping[str, str]) -> Iterator[Shown]:
    """Yield checks with what each of their mistakes took, beside the first that found it."""
    left = dict(taken)
    for shown in checks:
        names = [shown.check.id, *(finding.mistake for finding in shown.findings)]
        yield replace(shown, costs={n: left.pop(n) for n in names if n is not None and n in left})


def _shown(check: CheckGrade, at: Mapping[str, int]) -> Shown:
    found = _merged(finding for finding in check.findings if not finding.note)
    notes = tuple(finding for finding in check.findings if finding.note)
    cells = [places.cell_of(check, finding, at) for finding in found]
    needed = PREREQUISITE.match(check.message)
    return Shown(
        check,
        tuple(found[:MOST_FINDINGS]),
        notes[:MOST_FINDINGS],
        max(0, len(found) - MOST_FINDINGS),
        tuple(dict.fromkeys(cell for cell in cells[:MOST_FINDINGS] if cell is not None)),
        needed[1] if needed else "",
    )


def _merged(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings; those that say the same of several places become one."""
    alike: dict[tuple[str, str, str | None], list[Finding]] = {}
    for finding in findings:
        key = finding.expected, finding.actual, finding.mistake
        alike.setdefault(key, []).append(finding)
    return [
        replace(group[0], what=_listed([f.what for f in group[:MOST_FINDINGS]]))
        for group in alike.values()
    ]


def _listed(names: Sequence[str]) -> str:
    """Return names as one phrase.

    >>> _listed(["block 1 of CNN", "block 2 of CNN"])
    'block 1 and block 2 of CNN'
    """
    names = list(dict.fromkeys(names))
    ends = {name.rpartition(" of ")[2] for name in names}
    if len(ends) == 1 and all(" of " in name for name in names[:-1]):
        names = [name.rpartition(" of ")[0] for name in names[:-1]] + names[-1:]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def in_short(found: Iterable[Section]) -> tuple[Headline, ...]:
    """Return each mistake once, where it cost most: what a student should look at first."""
    lines: dict[tuple[str, str], list[tuple[Shown, Finding]]] = {}
    taken: dict[tuple[str, str], str] = {}
    for section in found:
        for shown in section.checks:
            taken |= {(section.question.id, of): cost for of, cost in shown.costs.items()}
        for shown in section.failed:
            for finding in shown.findings:
                cause = finding.what if _is_broken(finding) else finding.mistake or shown.check.id
                key = (section.question.id, cause)
                lines.setdefault(key, []).append((shown, finding))
    by_words: dict[tuple[str, str], Headline] = {}
    for key, pairs in lines.items():
        headline = replace(_headline(pairs), cost=taken.get(key, ""))
        by_words.setdefault((headline.finding.what, headline.finding.actual), headline)
    headlines = _with_consequences(tuple(by_words.values()))
    return tuple(sorted(headlines, key=lambda h: h.rank)[:MOST_IN_SHORT])


def _with_consequences(some: Sequence[Headline]) -> Iterator[Headline]:
    """Yield headlines; a cell that is not Python bears what is not there because of it."""
    for one in some:
        if one.is_broken:
            costs_ = [other.cost for other in some if is_cause(one.finding, other.finding)]
            yield replace(one, cost=", ".join(filter(None, [one.cost, *costs_])))
        elif not any(other.is_broken and is_cause(other.finding, one.finding) for other in some):
            yield one


def _is_broken(finding: Finding) -> bool:
    return finding.actual.startswith(NOT_PYTHON)


def _property(shown: Shown) -> str:
    return shown.check.id.rpartition(".")[2]


def _headline(pairs: Sequence[tuple[Shown, Finding]]) -> Headline:
    causes = (pair for pair in pairs if _property(pair[0]) not in CONSEQUENCES)
    shown, finding = next(causes, pairs[0])
    alike = sum(other is shown for other, _ in pairs) - 1
    return Headline(shown, finding, alike)


def beside(found: Iterable[Section], at: Mapping[str, int]) -> dict[int, tuple[Beside, ...]]:
    """Return what stands next to each cell; a mistake that trips several checks stands once."""
    cells: dict[int, dict[str, Beside]] = {}
    for section in found:
        for shown in section.failed:
            for finding in shown.findings:
                cell = places.cell_of(shown.check, finding, at)
                if cell is not None:
                    key, notes = finding.mistake or shown.check.id, cells.setdefault(cell, {})
                    if key not in notes or _property(notes[key].shown) in CONSEQUENCES:
                        notes[key] = Beside(shown, finding)
    return {cell: tuple(notes.values())[:MOST_BESIDE] for cell, notes in cells.items()}
