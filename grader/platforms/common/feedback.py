"""Reports under the names by which a platform takes files back and hands them to its students."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader import platforms
from grader.basics.exits import BadInput, shown
from grader.model import GradeReport
from grader.platforms.common.nouns import PAGE, Feedback, Platform


@dataclass(frozen=True)
class Parcel:
    """The files of the zip by name, and what a person should know, a line each."""

    files: Mapping[str, bytes]
    notes: tuple[str, ...]


def accepted(name: str, download: str) -> tuple[str, Feedback]:
    """Return what a platform is called, and how it takes files back.

    Args:
        name: of the platform that made a download; "" if none did.
        download: its name, for a person.

    Raises:
        BadInput: it takes none; the line says what to do in place of that.
    """
    platform = platforms.get(name) if name else None
    if platform is not None and isinstance(platform.feedback, Feedback):
        return platform.title, platform.feedback
    raise BadInput(f"--download {shown(download)}: {_instead(platform)}")


def _instead(platform: Platform | None) -> str:
    if platform is not None:
        return str(platform.feedback or f"{platform.title} takes no files back")
    every = map(platforms.get, platforms.names())
    *most, last = [each.title for each in every if isinstance(each.feedback, Feedback)]
    return (
        f"not a download of {', '.join(most)} or {last}; MarkUs gets the reports by "
        "`grader push markus`"
    )


def feedback(
    way: Feedback,
    reports: Sequence[GradeReport],
    pages: Mapping[str, bytes],
    back: Mapping[str, str],
) -> Parcel:
    """Return what goes back to the students of a class.

    Args:
        way: how the platform takes files back.
        reports: what was found; a withheld one goes to nobody.
        pages: report.html as students see it, by submission.
        back: how the name of a file begins that is to reach a submission's student, by submission.
    """
    files, notes = {}, []
    for report in reports:
        id_ = report.submission.id
        if report.status != "graded":
            continue  # whoever exports says so
        front = back.get(id_)
        if front is None:
            notes.append(f"{shown(id_)}: not in the download; left out")
        elif not front:
            notes.append(f"{shown(id_)}: {way.without}; left out")
        elif way.make is not None:
            files[front + way.name] = way.make(report)
        elif id_ in pages:
            files[front + way.name] = pages[id_]
        else:
            notes.append(f"{shown(id_)}: no {PAGE}; `grader report` writes it; left out")
    known = {report.submission.id for report in reports}
    notes += [f"{shown(id_)}: not graded; left out" for id_ in sorted(back.keys() - known)]
    return Parcel(files, tuple(notes))
