"""What `grader export` does: reports of a graded folder in, files for a platform out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.basics import storage, tables
from grader.basics.exits import GRADED, WITHHELD, BadInput, shown
from grader.basics.files import Refused, read_plain
from grader.basics.nearest import meant
from grader.basics.numbers import many
from grader.batch.results import Results
from grader.handin import intake
from grader.model import GradeReport
from grader.platforms import (
    canvas,
    classroom50,
    feedback,
    github,
    gradescope,
    junit,
    markus,
    worksheet,
)
from grader.platforms.packaging.archive import zipped
from grader.reports import gradebook, wording
from grader.reports.overview import overview
from grader.reports.tally import Row


@dataclass(frozen=True)
class Each:
    """A format with a file a submission: its name, and the function that makes it."""

    name: str
    make: Callable[[GradeReport], bytes]


def _markus(report: GradeReport) -> bytes:
    return ("\n".join(markus.lines(report)) + "\n").encode()


def _classroom50(report: GradeReport) -> bytes:
    return classroom50.result(report, os.environ)


EACH = {
    "gradescope": Each("results.json", gradescope.results),
    "markus": Each("results.jsonl", _markus),
    "classroom50": Each("result.json", _classroom50),
}
FILLED_IN = ("canvas", *worksheet.SHEETS)  # the platform's own file, with a column filled in


def export(options: argparse.Namespace) -> int:
    """Write a graded folder in a platform's format; exit code 1 if a report is withheld."""
    _valid(options)
    reports = chosen(load(options.graded), options.submission)
    if options.to in EACH:
        _each(EACH[options.to], reports, options)
    else:
        _put(_whole(reports, options), options.out)
    held = [report for report in reports if report.status != "graded"]
    for report in held:
        _say(f"{shown(report.submission.id)}: {shown(wording.headline(report))}; no score written")
    return WITHHELD if held else GRADED


def load(folder: Path) -> list[GradeReport]:
    """Return the reports of a graded folder, or of one submission's folder in it.

    Raises:
        BadInput: there are none, or one cannot be read.
    """
    folders = [folder] if (folder / storage.REPORT).is_file() else storage.graded(folder)
    if not folders:
        raise BadInput(
            f"{shown(folder)}: no report.json there, nor in the folders below it; give the folder "
            "that `grader grade --out` wrote"
        )
    return [_report(each) for each in folders]


def _report(folder: Path) -> GradeReport:
    try:
        return storage.load_report(folder)
    except (OSError, storage.Unreadable) as error:
        raise BadInput(
            f"{shown(folder)}: {shown(error)}; remove this folder and grade again"
        ) from None


def _valid(options: argparse.Namespace) -> None:
    """Refuse an option that belongs to another format: it would be ignored in silence."""
    for name, of in (
        ("gradebook", FILLED_IN), ("assignment", FILLED_IN), ("scale", FILLED_IN),
        ("score", FILLED_IN), ("notebook", ("github",)), ("download", ("feedback",)),
    ):  # fmt: skip
        if getattr(options, name) and options.to not in of:
            formats = ", ".join(of)
            raise BadInput(
                f"--{name} belongs to --to {formats}, not to --to {options.to}; leave it out"
            )
    if options.to in FILLED_IN and options.gradebook is None:
        raise BadInput(
            f"--to {options.to} needs --gradebook FILE, the course's own file as "
            f"{options.to.capitalize()} exports it: its ids and its headings are kept"
        )
    if options.to == "feedback" and options.download is None:
        raise BadInput(
            "--to feedback needs --download PATH, the platform's download that was graded: "
            "reports go back under its names"
        )


def chosen(
    reports: list[GradeReport], wanted: str | None, option: str = "--submission "
) -> list[GradeReport]:
    """Return the reports, or the wanted one alone. Raises BadInput if there is none."""
    if wanted is None:
        return reports
    found = [report for report in reports if report.submission.id == wanted]
    if not found:
        ids = [report.submission.id for report in reports]
        near = meant(wanted, ids) or f"; there are {', '.join(map(shown, ids[:5]))}, ..."
        raise BadInput(f"{option}{shown(wanted)}: no such submission{near}")
    return found


def _each(form: Each, reports: Sequence[GradeReport], options: argparse.Namespace) -> None:
    if len(reports) == 1 and (options.out is None or options.out.suffix):
        _put(form.make(reports[0]), options.out)
        return
    if options.out is None:
        raise BadInput(
            f"--to {options.to} makes a file a submission, and there are {len(reports)}: give a "
            "folder with --out, or name one with --submission"
        )
    made = {report.submission.id: form.make(report) for report in reports}
    for id_, data in made.items():
        _put(data, options.out / id_ / form.name, quiet=True)
    _say(f"{many(len(made), 'file')}: {shown(options.out / '*' / form.name)}")


def _whole(reports: Sequence[GradeReport], options: argparse.Namespace) -> bytes:
    if options.to == "junit":
        return junit.junit(reports)
    if options.to == "github":
        return _github(reports, options.notebook)
    if options.to == "csv":
        return gradebook.gradebook(reports)
    if options.to == "feedback":
        return _feedback(reports, options)
    return _canvas(reports, options) if options.to == "canvas" else _worksheet(reports, options)


def _github(reports: Sequence[GradeReport], path: Path | None) -> bytes:
    """Return the summary; with a notebook the annotations go to standard output at once."""
    if path is not None:
        try:
            place = github.notebook(path.as_posix(), read_plain(path, tables.SIZE_LIMIT))
        except (OSError, Refused) as error:
            raise BadInput(f"--notebook {shown(path)}: {shown(error)}") from None
        for report in reports:
            for line in github.commands(report, place):
                print(line)
    return github.summary(reports)


def _feedback(reports: Sequence[GradeReport], options: argparse.Namespace) -> bytes:
    """Return the zip of reports, and say who gets none."""
    name = str(options.download)
    found = intake.find(options.download).named(Results(options.graded).given())
    platform = feedback.accepted(found.platform, name)
    back = {entry.id: entry.found.back for entry in found.entries}
    if options.submission:
        back = {id_: front for id_, front in back.items() if id_ == options.submission}
    made = feedback.feedback(found.platform, reports, _pages(options.graded, reports), back)
    for note in made.notes:
        _say(note)
    if not made.files:
        raise BadInput(f"--download {shown(name)}: no report goes back to {platform}")
    _say(f"{many(len(made.files), 'report')} for {platform}")
    return zipped(made.files)


def _pages(folder: Path, reports: Sequence[GradeReport]) -> dict[str, bytes]:
    """Return the students' pages of a graded folder, those that are there."""
    alone = (folder / storage.REPORT).is_file()
    places = {
        report.submission.id: (folder if alone else folder / report.submission.id) / feedback.PAGE
        for report in reports
    }
    return {id_: path.read_bytes() for id_, path in places.items() if path.is_file()}


def _canvas(reports: Sequence[GradeReport], options: argparse.Namespace) -> bytes:
    data = tables.load(options.gradebook, "--gradebook")
    download = canvas.read(data, str(options.gradebook))
    column = canvas.assignment(download, options.assignment)
    score, rows = _scores(reports, options)
    filled = canvas.fill(download, column, rows, total=score == "total", scale=bool(options.scale))
    return _told(filled, score, download.header[column])


def _worksheet(reports: Sequence[GradeReport], options: argparse.Namespace) -> bytes:
    sheet = worksheet.SHEETS[options.to]
    data = tables.load(options.gradebook, "--gradebook")
    table = worksheet.read(data, str(options.gradebook), sheet, options.assignment)
    score, rows = _scores(reports, options)
    filled = worksheet.fill(table, sheet, rows, total=score == "total", scale=bool(options.scale))
    return _told(filled, score, table.header[table.column])


def _scores(
    reports: Sequence[GradeReport], options: argparse.Namespace
) -> tuple[str, tuple[Row, ...]]:
    """Return which points are written, and the class."""
    marked = any(question.points is not None for r in reports for question in r.manual)
    return options.score or ("total" if marked else "automatic"), overview(reports).rows


def _told(filled: canvas.Filled, score: str, heading: str) -> bytes:
    """Say what was written and what was not; return the file."""
    for note in filled.notes:
        _say(note)
    _say(f"{filled.written} scores ({_meant(score)}) in {shown(heading)}")
    return filled.data


def _meant(score: str) -> str:
    what = {"total": "automatic and manual points", "automatic": "automatic points, without manual"}
    return f"{what[score]}, with bonus and deduction"


def _put(data: bytes, path: Path | None, *, quiet: bool = False) -> None:
    if path is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        storage.write(path, data)
    except OSError as error:
        raise BadInput(
            f"--out {shown(path)}: cannot be written ({error.strerror}); give another place"
        ) from None
    if not quiet:
        _say(f"written: {shown(path)}")


def _say(line: str) -> None:
    """Tell a person; the data itself may be on standard output."""
    print(line, file=sys.stderr)
