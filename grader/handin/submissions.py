"""Bytes in, submission out: the parser of what was handed in. Runs nothing that a student wrote.

It meets student bytes, so it belongs into the worker; what is found and read before is the
business of `grader.handin.intake`.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.basics import archives, budget
from grader.basics.exits import BadInput, shown
from grader.basics.files import Refused
from grader.handin import beside, intake, notebook_choice, notebook_file
from grader.handin.intake.places import FILE_LIMIT, FILES_LIMIT, TOTAL_LIMIT, counts
from grader.handin.notebook_file import Parsed, parse_notebook
from grader.handin.writeup import document as writeup
from grader.model import HandIn, Problem, Submission, SubmissionFile, Writeup
from grader.model.assignment import chosen

__all__ = ["NAME", "open_submission", "parse", "parse_notebook", "receive"]

NAME = intake.NAME
TOPIC = chosen().topic
INSTEAD = (
    ".html", ".htm", ".py", ".ipynb.txt", ".ipynb.json", f"{TOPIC}.json", f"{TOPIC}.txt", ".docx",
)  # fmt: skip
PACKED = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz")


def parse(hand_in: HandIn, limit: budget.Limit = budget.READING) -> Submission:
    """Return what was handed in, whatever it is worth; `problem` says what is wrong with it."""
    try:
        return budget.spend(functools.partial(_parsed_all, hand_in), limit)
    except budget.Exceeded as over:
        reason = f"{shown(hand_in.id)}: opening it {over}; hand in {NAME} as Jupyter saves it"
        return Submission.unopened(hand_in, Problem("not_a_notebook", reason))


def _parsed_all(hand_in: HandIn) -> Submission:
    files = _unzipped(hand_in)
    chosen, parsed, problem, others = _notebook(hand_in, files)
    if chosen is None:
        problem = _none(hand_in.id, files)
    notes = [*hand_in.notes, *files.notes]
    why = problem.reason if problem else ""
    unread = [f"{shown(name)}: {r}" for name, r in files.refused.items() if name != chosen]
    notes += [f"not looked at: {line}" for line in unread if line not in why]
    if others and parsed is not None and chosen is not None:
        listed = ", ".join(shown(n) for n in others)
        why_it = notebook_choice.reason(chosen)
        notes.append(f"several notebooks: {shown(chosen)} was graded{why_it}, not {listed}")
    notes += [f"{shown(chosen)}: {note}" for note in (parsed.notes if parsed else ())]
    laid = beside.beside(files.contents, chosen if parsed else None)
    if laid:
        notes.append(f"laid beside the notebook: {', '.join(map(shown, laid))}")
    return Submission(
        hand_in.id,
        tuple(SubmissionFile.of(name, data) for name, data in files.contents.items()),
        chosen,
        parsed.text if parsed else None,
        tuple(notes),
        None if hand_in.only_notebook else _writeup(files.contents),
        problem,
        hand_in.students,
        hand_in.late,
        laid,
    )


@dataclass
class _Files:
    """What there is to look at: the files, those of an opened zip among them."""

    contents: dict[str, bytes]
    refused: dict[str, str]
    notes: list[str] = field(default_factory=list)


def _unzipped(hand_in: HandIn) -> _Files:
    """Return the files; a zip is opened when no notebook lies beside it."""
    files = _Files(dict(hand_in.files), dict(hand_in.refused))
    zips = [name for name in files.contents if name.lower().endswith(".zip")]
    beside = [n for n in (*files.contents, *files.refused) if n.lower().endswith(".ipynb")]
    for name in zips:
        if beside:
            files.notes.append(f"{shown(name)} was not opened: {shown(beside[0])} lies beside it")
        else:
            _open(name, files)
    return files


def _open(name: str, files: _Files) -> None:
    """Put the files of a zip among the others, or refuse it whole."""
    try:
        inside = _inside(files.contents[name])
    except Refused as refused:
        files.refused[name] = f"{refused}; hand in {NAME} itself"
        return
    for file, data in inside.items():
        files.contents[f"{name}/{file}"] = data
        if file.lower().endswith(".zip"):
            files.notes.append(f"{shown(f'{name}/{file}')}: a zip inside a zip is not opened")


def _inside(data: bytes) -> dict[str, bytes]:
    """Return the files of a student's zip. Raises Refused: one bad entry refuses all of it."""
    listing = archives.listing(data, FILES_LIMIT)
    for name, reason in listing.refused.items():
        raise Refused(f"{shown(name)}: {reason}")
    names = [n for n in listing.files if all(counts(part) for part in n.split("/"))]
    for group in archives.alike(names):
        raise Refused(f"names that look alike: {', '.join(ascii(n) for n in group)}")
    left, inside = TOTAL_LIMIT, {}
    for name in names:
        inside[name] = archives.read(data, name, min(FILE_LIMIT, left), FILES_LIMIT)
        left -= len(inside[name])
    return inside


def _notebook(
    hand_in: HandIn, files: _Files
) -> tuple[str | None, Parsed | None, Problem | None, list[str]]:
    """Return the likeliest notebook that can be read, else the first with what is wrong with it.

    The last part of the answer are the names of the others.
    """
    names = [n for n in (*files.contents, *files.refused) if n.lower().endswith(".ipynb")]
    names = notebook_choice.in_order(names)
    tried: list[tuple[str, Parsed | None, Problem | None]] = []
    for name in names:
        where = name if hand_in.only_notebook else f"{hand_in.id}/{name}"
        if name in files.refused:
            reason = f"{shown(where)}: {files.refused[name]}; give a notebook or its folder"
            tried.append((name, None, Problem("not_a_notebook", reason)))
        else:
            tried.append((name, *_parsed(files.contents[name], where)))
        if tried[-1][1] is not None:
            break
    if not tried:
        return None, None, None, []
    chosen = tried[-1] if tried[-1][1] is not None else tried[0]
    return (*chosen, [name for name in names if name != chosen[0]])


def _parsed(data: bytes, name: str) -> tuple[Parsed | None, Problem | None]:
    try:
        return notebook_file.parse(data, name), None
    except BadInput as bad:
        return None, Problem("not_a_notebook", str(bad))


def _none(name: str, files: _Files) -> Problem:
    """Return why a hand-in without a notebook cannot be graded."""
    held = [*files.contents, *(n for n in files.refused if n not in files.contents)]
    for packed in (n for n in held if n.lower().endswith(PACKED)):
        if packed in files.refused:
            reason = f"{shown(name)}/{shown(packed)}: {files.refused[packed]}"
        elif not packed.lower().endswith(".zip"):
            reason = f"{shown(name)}: no notebook (.ipynb), but {shown(packed)}; hand in {NAME}"
        else:
            continue
        return Problem("not_a_notebook", reason)
    instead = [n for n in held if n.lower().endswith(INSTEAD)]  # an export, or a download renamed
    if instead:
        reason = f"{shown(name)}: no notebook (.ipynb), but {shown(instead[0])}"
        return Problem("not_a_notebook", f"{reason}; hand in {NAME}")
    count = f"{len(held) or 'no'} file{'s' * (len(held) != 1)}"
    reason = f"{shown(name)}: no notebook (.ipynb) in this folder; it holds {count}"
    return Problem("notebook_missing", reason)


def _writeup(contents: Mapping[str, bytes]) -> Writeup:
    chosen = writeup.choose(list(contents))
    if chosen is None:
        return writeup.missing([shown(name) for name in contents])
    return writeup.read(contents[chosen], chosen)


def open_submission(path: Path) -> Submission:
    """Return the submission at `path`: a notebook, or a folder that holds one.

    Raises BadInput with one line when there is nothing to grade.
    """
    submission = receive(path)
    if submission.problem is not None:
        raise BadInput(submission.problem.reason)
    return submission


def receive(path: Path) -> Submission:
    """Return what was handed in at `path`, whatever it is worth.

    Raises BadInput for a file that is no notebook at all; a folder is always received.
    """
    return parse(intake.single(path).read())
