"""What `grader export` does: reports of a graded folder in, files for a platform out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from grader import platforms
from grader.basics import storage, tables
from grader.basics.exits import GRADED, WITHHELD, BadInput, shown
from grader.basics.nearest import meant
from grader.basics.numbers import many
from grader.batch.results import Results
from grader.handin import intake
from grader.model import GradeReport
from grader.platforms.common import feedback
from grader.platforms.common.archive import zipped
from grader.platforms.common.nouns import PAGE, Each, FilledIn, Gradebook, Whole
from grader.reports import gradebook, wording
from grader.reports.overview import overview


def export(options: argparse.Namespace) -> int:
    """Write a graded folder in a platform's format; exit code 1 if a report is withheld."""
    form = _form(options.to)
    _valid(form, options)
    reports = chosen(load(options.graded), options.submission)
    if isinstance(form, Each):
        _each(form, reports, options)
    elif isinstance(form, FilledIn):
        _put(_filled(form, reports, options), options.out)
    else:
        _put(form.make(reports, options), options.out)
    held = [report for report in reports if report.status != "graded"]
    for report in held:
        _say(f"{shown(report.submission.id)}: {shown(wording.headline(report))}; no score written")
    return WITHHELD if held else GRADED


def _form(to: str) -> Each | FilledIn | Whole:
    return OWN[to] if to in OWN else platforms.get(to).export


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


def _valid(form: Each | FilledIn | Whole, options: argparse.Namespace) -> None:
    """Refuse an option that belongs to another format: it would be ignored in silence."""
    for name in OPTIONS:
        if getattr(options, name) and name not in form.options:
            every = (*platforms.names(), *OWN)
            formats = ", ".join(to for to in every if name in _form(to).options)
            raise BadInput(
                f"--{name} belongs to --to {formats}, not to --to {options.to}; leave it out"
            )
    if isinstance(form, FilledIn) and options.gradebook is None:
        raise BadInput(
            f"--to {options.to} needs --gradebook FILE, the course's own file as "
            f"{platforms.get(options.to).title} exports it: its ids and its headings are kept"
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


def _feedback(reports: Sequence[GradeReport], options: argparse.Namespace) -> bytes:
    """Return the zip of reports, and say who gets none."""
    name = str(options.download)
    found = intake.find(options.download, platforms.downloads())
    found = found.named(Results(options.graded).given())
    platform, way = feedback.accepted(found.platform, name)
    back = {entry.id: entry.found.back for entry in found.entries}
    if options.submission:
        back = {id_: front for id_, front in back.items() if id_ == options.submission}
    made = feedback.feedback(way, reports, _pages(options.graded, reports), back)
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
        report.submission.id: (folder if alone else folder / report.submission.id) / PAGE
        for report in reports
    }
    return {id_: path.read_bytes() for id_, path in places.items() if path.is_file()}


def _filled(form: FilledIn, reports: Sequence[GradeReport], options: argparse.Namespace) -> bytes:
    """Return the platform's file, and say what was written into it and what was not."""
    data = tables.load(options.gradebook, "--gradebook")
    marked = any(question.points is not None for r in reports for question in r.manual)
    score = options.score or ("total" if marked else "automatic")
    filled = form.fill(
        Gradebook(
            data, str(options.gradebook), options.assignment, overview(reports).rows,
            total=score == "total", scale=options.scale,
        )
    )  # fmt: skip
    for note in filled.notes:
        _say(note)
    _say(f"{filled.written} scores ({_meant(score)}) in {shown(filled.heading)}")
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


OPTIONS = (*FilledIn.options, "notebook", "download")  # of one format or another
OWN = {
    "csv": Whole(lambda reports, _: gradebook.gradebook(reports)),
    "feedback": Whole(_feedback, ("download",)),
}
