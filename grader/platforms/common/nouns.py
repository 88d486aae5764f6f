"""What a platform says of itself, and what it is given to fill in."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from grader.handin.intake.class_list import Untitled
from grader.handin.intake.layouts import Download
from grader.model import GradeReport
from grader.reports.tally import Row

PAGE = "report.html"  # of a student


@dataclass(frozen=True)
class Each:
    """A format with a file a submission: its name, and the function that makes it."""

    options: ClassVar[tuple[str, ...]] = ()
    name: str
    make: Callable[[GradeReport], bytes]


@dataclass(frozen=True)
class Gradebook:
    """A platform's own file, one column of which is to be filled in.

    Attributes:
        name: of the file, for a person.
        assignment: names the column; None if there is one only.
        rows: the class.
        total: write automatic and manual points together, else the automatic ones alone.
        scale: stretch the scores to the points that the platform knows.
    """

    data: bytes
    name: str
    assignment: str | None
    rows: Sequence[Row]
    total: bool
    scale: bool


@dataclass(frozen=True)
class Filled:
    """A platform's file with a column filled in, and what a person should know, a line each."""

    data: bytes
    written: int
    notes: tuple[str, ...]
    heading: str  # of the column


@dataclass(frozen=True)
class FilledIn:
    """A format that is the platform's own file, filled in by a function, which raises BadInput."""

    options: ClassVar[tuple[str, ...]] = ("gradebook", "assignment", "scale", "score")
    fill: Callable[[Gradebook], Filled]


@dataclass(frozen=True)
class Whole:
    """A format with one file for all; `options` of the command line are for it alone."""

    make: Callable[[Sequence[GradeReport], argparse.Namespace], bytes]
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feedback:
    """How a platform takes files back.

    Attributes:
        without: why a student gets none, where the download has no name for it.
        name: of the file.
        make: the file of a report; None for the student's page as it is.
    """

    without: str
    name: str = PAGE
    make: Callable[[GradeReport], bytes] | None = None


@dataclass(frozen=True)
class Platform:
    """One platform.

    Attributes:
        title: as it writes itself.
        export: what `grader export` makes for it.
        download: how what it gives is laid out; None if it gives plain folders, or nothing.
        class_list: reads its list of students, if that has no line of titles.
        feedback: how it takes files back, or what to do in place of that.
    """

    title: str
    export: Each | FilledIn | Whole
    download: Download | None = None
    class_list: Untitled | None = None
    feedback: Feedback | str = ""
