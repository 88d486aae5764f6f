"""The seam: all that the engine knows of the assignment that it grades.

No room but the assignment's own names a class, a question or a data set of it. An assignment is a
package or module whose `ASSIGNMENT` is one of these; `GRADER_ASSIGNMENT` names another than ours.
Its functions import what they need when they are called: the run itself needs no torch.
"""

from __future__ import annotations

import functools
import importlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from re import Pattern
from types import ModuleType
from typing import Any

from grader.model.evidence import Evidence, Replies, Reply, Request, StudentError
from grader.model.report import CheckGrade, Finding, GradeReport, ManualQuestion
from grader.model.submission import Submission

VARIABLE = "GRADER_ASSIGNMENT"
OURS = "grader.assignment"
Ask = Callable[[Request], Reply]


class WrongAssignment(ValueError):
    """An assignment that cannot be used; the message is one line with its name and a remedy."""


def _nothing(*_: Any) -> dict[str, Any]:
    return {}


def _asis(manual: Sequence[ManualQuestion], _: Submission) -> tuple[ManualQuestion, ...]:
    return tuple(manual)


def _family(check: str) -> str:
    return check.partition(".")[0]


def _call(request: Request) -> str:
    return request.kind


def _due(_: Request) -> str:
    return "an answer"


def _none(*_: Any) -> None:
    return None


def _no_gap(*_: Any) -> str:
    return ""


def _none_of(_: set[str]) -> set[str]:
    return set()


def _undisturbed(_: dict[str, Any]) -> AbstractContextManager[None]:
    return nullcontext()


def _whole(reply: Reply, _: Request) -> Reply:
    return reply


@dataclass(frozen=True)
class Examples:
    """For the examples of `--help`: a word that selects checks, a check, a mistake."""

    word: str
    check: str
    mistake: str


@dataclass(frozen=True)
class Meaning:
    """An error in the assignment's words: `name` of its record, what happened, where to look."""

    name: str
    says: str
    look_for: str


@dataclass(frozen=True)
class Visual:
    """What report.html shows of one thing that learned: its drawing, chart, figures, pictures.

    Attributes:
        kind: the key under which `Assignment.pictures` gives it.
        name: as the page calls it.
        drawn_by: the checks that its drawing belongs to; hidden with any of them.
        learned_by: likewise of the chart, the figures and the pictures.
        anchor: the check in whose question it stands, if that is shown.
        figure: the name of its own among the report's figures.
        floor: likewise of what costs no learning.
        words: what the page says of it, by the name that the template has for it.
    """

    kind: str
    name: str
    drawn_by: tuple[str, ...]
    learned_by: tuple[str, ...]
    anchor: str
    figure: str
    floor: str
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Live:
    """The checks in a student's own notebook, before anything is handed in.

    Attributes:
        use: examples of what `check` takes, for whoever gives it something else.
        named: the word that selects the checks of an object, and the object's name; None for an
            object that no check is about.
        nicknames: other words for a family of checks.
        by_staff: checks whose right answers would be given away if they were recorded.
        gap: what of a question is not written yet, in words, from its id, the findings of its
            failed checks and the notebook's code cells; "" if what fails is written.
        needs: the families whose requests are put too, for the sake of some.
        ask_first: puts what is best asked at once, for some families, to the replies that it gets.
        records: kinds of requests whose replies checks compare with; None for all.
        recorded: what a student is given of the reference's reply to one of these.
        undisturbed: puts the notebook back as it was, whatever is asked in the context.
    """

    use: str = "check('QUESTION') or check()"
    named: Callable[[object], tuple[str, str] | None] = _none
    nicknames: Mapping[str, str] = field(default_factory=dict)
    by_staff: frozenset[str] = frozenset()
    gap: Callable[[str, Iterable[Finding], Sequence[str]], str] = _no_gap
    needs: Callable[[set[str]], set[str]] = _none_of
    ask_first: Callable[[Ask, Any, set[str]], object] = _nothing
    records: frozenset[str] | None = None
    recorded: Callable[[Reply, Request], Reply] = _whole
    undisturbed: Callable[[dict[str, Any]], AbstractContextManager[None]] = _undisturbed


@dataclass(frozen=True)
class Data:
    """The data that notebooks read.

    Attributes:
        stand_in: the folder of the small stand-in for a notebook with these code cells, None for
            all of it; made on first use.
        make: makes all of it, in a folder or where `stand_in` keeps it. Raises BadData.
        lay_out: a user's own data, as a notebook expects it in a new folder. Raises BadData.
        fetch: downloads and verifies the real data. Raises BadInput. Returns what came last.
    """

    stand_in: Callable[[Sequence[str] | None], Path]
    make: Callable[[Path | None], Path]
    lay_out: Callable[[Path, Path], Path]
    fetch: Callable[[Path], Path]


@dataclass(frozen=True)
class Assignment:
    """One assignment.

    Attributes:
        title: the course, the term and the assignment, above every report.
        notebook: the name of the file that is handed out, and handed in.
        task: a regular expression for what people call the assignment in names of files.
        course: likewise for the course.
        writeup: the name of the write-up that is handed in beside it.
        exercises: what may be left to the student as well, by its name in the master notebook.
        examples: what the examples of `--help` name.
        home: the folder of its rubric.toml and mistakes.toml.
        checks: its modules of checks, by their full names, prerequisites first.
        classes: the class that a family of checks is about.
        handed_out: the class that every student is given complete; "" for none.
        about: the family of a check, or the one that it is about ("training.cnn_accuracy").
        on_file: families of checks that look at the notebook's file, not at what it computes.
        data: what notebooks read.
        reference: the names that the right solution leaves behind, in a folder of data.
        kernel_files: what lies beside the stand-in Colab in a kernel.
        handlers: the module that answers its requests in a kernel, with `run`, `subject`,
            `CLASSES` and `HANDED_OUT`.
        agent: the folder of that module, which is copied into the kernel.
        forms: the form of the reply to each kind of request (`grader.kernel.replies.ReplyForm`).
        small: kinds that are so quickly answered that several travel together.
        staff_answers: kinds of requests that no student's kernel is asked, and who answers them.
        figures: the numbers that a report shows beside its verdicts.
        written: questions that a person marks, with what was written to each.
        call: a request in words: the call that it makes.
        due: likewise what is due of it.
        meaning: what an error of the code means in the assignment's words, asked about a class.
        pictures: what is drawn of networks, and what they learned, each by a visual's kind.
        curves: how the reference's losses fell, likewise.
        visuals: what the page says about these.
        sought: what the page looks for in code cells, to put findings beside it.
        told: likewise in text cells, where it stands more than once.
        places: what a check's findings stand beside, by check or by family, the first that is
            there.
        live: the checks in a student's own notebook.
        appeal: one verdict as a file that anybody can run, from the submission's folder, its report
            and the check.
    """

    title: str
    notebook: str
    examples: Examples
    home: Path
    checks: tuple[str, ...]
    classes: Mapping[str, str]
    data: Data
    reference: Callable[[Path], AbstractContextManager[dict[str, Any]]]
    handlers: Callable[[], Any]
    agent: Path
    forms: Callable[[], Mapping[str, Any]]
    task: str = "(?!)"
    course: str = "(?!)"
    writeup: str = ""
    exercises: tuple[str, ...] = ()
    handed_out: str = ""
    about: Callable[[str], str] = _family
    on_file: frozenset[str] = frozenset()
    kernel_files: tuple[Path, ...] = ()
    small: frozenset[str] = frozenset()
    staff_answers: Mapping[str, Callable[[], Mapping[str, Any]]] = field(default_factory=dict)
    figures: Callable[[Evidence], dict[str, float]] = _nothing
    written: Callable[[Sequence[ManualQuestion], Submission], tuple[ManualQuestion, ...]] = _asis
    call: Callable[[Request], str] = _call
    due: Callable[[Request], str] = _due
    meaning: Callable[[StudentError, str], Meaning | None] = _none
    pictures: Callable[[Evidence, Replies], tuple[dict[str, Any], dict[str, Any]]] = lambda *_: (
        {},
        {},
    )
    curves: Callable[[], Mapping[str, Any]] = _nothing
    visuals: tuple[Visual, ...] = ()
    sought: Mapping[str, Pattern[str]] = field(default_factory=dict)
    told: Mapping[str, Pattern[str]] = field(default_factory=dict)
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    live: Live = field(default_factory=Live)
    appeal: Callable[[Path, GradeReport, CheckGrade], str] | None = None

    @property
    def topic(self) -> str:
        """Return the last word of the notebook's name: "cnn" of "a2-cnn.ipynb"."""
        return self.notebook.removesuffix(".ipynb").rpartition("-")[2]

    def stands_beside(self, check: str) -> tuple[str, ...]:
        """Return what the findings of a check stand beside, the likeliest first."""
        return self.places.get(check, self.places.get(check.partition(".")[0], ()))

    def families(self) -> tuple[str, ...]:
        """Return the families of checks, in order: a module's last name."""
        return tuple(name.rpartition(".")[2] for name in self.checks)


@functools.cache
def chosen() -> Assignment:
    """Return the assignment that is graded. Raises WrongAssignment."""
    return named(os.environ.get(VARIABLE) or OURS)


def named(name: str) -> Assignment:
    """Return the ASSIGNMENT of a module. Raises WrongAssignment with one line."""
    found = getattr(part(name, of=name), "ASSIGNMENT", None)
    if not isinstance(found, Assignment):
        raise _wrong(name, "it has no ASSIGNMENT of the class grader.model.assignment.Assignment")
    if not found.agent.is_dir():
        raise _wrong(name, f"its `agent` names {found.agent}, which is no folder")
    return found


def part(name: str, of: str | None = None) -> ModuleType:
    """Return a module of an assignment, the chosen one unless `of` says. Raises WrongAssignment."""
    of = of or os.environ.get(VARIABLE) or OURS
    package, _, last = name.rpartition(".")
    if name not in sys.modules and hasattr(sys.modules.get(package), last):
        raise _wrong(of, f"{package} defines {last!r}, and has a module {name}: rename one of them")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if of == OURS:  # a light installation
            raise
        wanted = "" if f"{name}.".startswith(f"{error.name}.") else f", which {name} imports"
        remedy = "mend the name, or put the folder above it into PYTHONPATH"
        raise _wrong(of, f"there is no module {error.name}{wanted}: {remedy}") from None
    except Exception as error:
        if of == OURS:
            raise
        raise _wrong(of, f"{name} cannot be imported: {type(error).__name__}: {error}") from error


def _wrong(name: str, reason: str) -> WrongAssignment:
    return WrongAssignment(f"{VARIABLE} {name!r}: {reason}")
