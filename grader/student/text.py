"""The public checks as lines of at most 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from grader.judging import mistakes
from grader.model import Finding, Status
from grader.student.report import Line, Part, PublicReport

WIDTH = 80
INDENT, LABEL = 6, 9
FINDINGS = 3  # shown of one check
WORDS = {
    Status.PASSED: "green",
    Status.FAILED: "failing",
    Status.ERROR: "failing",
    Status.SKIPPED: "waiting",
    Status.BROKEN: "unknown",
}
COLOURS = {"green": "32", "failing": "31", "waiting": "33", "unknown": "35"}


def clean(text: str) -> str:
    r"""Return text without anything that a terminal would obey.

    >>> clean("a\x1b[31mb\nc")
    'a\\x1b[31mb c'
    """
    joined = " ".join(text.splitlines())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in joined)


def render(report: PublicReport, *, colour: bool = False) -> str:
    """Return the report; `colour` is for a terminal that has it."""
    heading = clean(f"public checks of {report.name}")[:WIDTH]
    lines = [heading, "=" * len(heading), ""]
    for cell in report.broken:
        lines += _names("failing", [clean(cell)], colour)
    lines += [""] if report.broken else []
    for part in report.parts:
        lines += [*_part(part, report.hints, colour), ""]
    for note in report.notes:
        lines += textwrap.wrap(f"note: {clean(note)}", WIDTH, subsequent_indent="  ")
    lines += textwrap.wrap(clean(report.summary()), WIDTH, subsequent_indent="  ")
    return "\n".join(lines)


def _part(part: Part, hints: bool, colour: bool) -> Iterator[str]:
    count = f"{part.green} of {len(part.lines)} green"
    title = textwrap.shorten(f"{part.id}  {part.title}", WIDTH - len(count) - 1, placeholder=" ...")
    yield f"{title:<{WIDTH - len(count) - 1}} {count}"
    if part.gap:
        yield f"  {_painted('unwritten', '33', colour)} {clean(part.gap)}"
        return
    yield from _names("green", (line.id for line in part.lines if line.green), colour)
    for line in part.lines:
        if line.status in (Status.FAILED, Status.ERROR, Status.BROKEN):
            yield from _failing(line, hints, colour)
        elif line.green:
            yield from _notes(line)
    yield from _waiting(part, colour)


def _painted(word: str, code: str, colour: bool) -> str:
    padded = f"{word:<9}"
    return f"\x1b[{code}m{padded}\x1b[0m" if colour else padded


def _names(word: str, names: Iterable[str], colour: bool) -> Iterator[str]:
    wrapped = textwrap.wrap(", ".join(names), WIDTH - 12, break_long_words=False)
    for number, row in enumerate(wrapped):
        yield f"  {_painted(word if not number else '', COLOURS[word], colour)} {row}"


def _waiting(part: Part, colour: bool) -> Iterator[str]:
    """Yield the checks that wait, together with what they wait for."""
    held: dict[str, list[str]] = {}
    for line in part.lines:
        if line.status is Status.SKIPPED:
            held.setdefault(line.waits_for, []).append(line.id)
    for cause, names in held.items():
        text = f"{', '.join(names)} (first: {cause})"
        yield from _names("waiting", [text], colour)


def _failing(line: Line, hints: bool, colour: bool) -> Iterator[str]:
    word = WORDS[line.status]
    yield f"  {_painted(word, COLOURS[word], colour)} {line.id}"
    if line.fault:
        yield from _field("", f"the check itself failed, which is not your fault: {line.fault}")
        return
    failed = [finding for finding in line.findings if not finding.note]
    for finding in failed[:FINDINGS]:
        yield from _finding(finding)
    if len(failed) > FINDINGS:
        yield from _field("", f"... and {len(failed) - FINDINGS} more like this")
    yield from _field("why", line.why)
    if hints:
        yield from _field("look for", line.hint)


def _notes(line: Line) -> Iterator[str]:
    for finding in line.findings:
        if finding.note:
            yield from _field("note", f"{finding.what}: {finding.actual}")


def _finding(finding: Finding) -> Iterator[str]:
    yield from _field("what", finding.what)
    yield from _field("expected", finding.expected)
    yield from _field("got", finding.actual)
    yield from _field("mistake", mistakes.named(finding.mistake))


def _field(label: str, text: str) -> Iterator[str]:
    """Yield a label and its text, wrapped with a hanging indent."""
    start = f"{'':<{INDENT}}{label:<{LABEL}} "
    if text:
        yield from textwrap.wrap(
            clean(text),
            WIDTH,
            initial_indent=start,
            subsequent_indent=" " * len(start),
            break_on_hyphens=False,
        )
