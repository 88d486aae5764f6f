"""The public checks as HTML for Jupyter and Colab: readable on light and dark pages alike."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from grader.judging import mistakes
from grader.model import Finding, Status
from grader.student.report import Line, Part, PublicReport
from grader.student.text import FINDINGS, WORDS

# Colours that stand out from white and from black; all else is the page's own.
COLOURS = {
    "green": "#2e9b57",
    "failing": "#e0533d",
    "waiting": "#b8860b",
    "unknown": "#a259c4",
    "unwritten": "#b8860b",
}
FRAME = "font:14px/1.5 system-ui,sans-serif;max-width:60em;color:inherit;background:transparent"
BADGE = (
    "display:inline-block;min-width:5.2em;margin-right:.6em;padding:0 .5em;border-radius:.7em;"
    "text-align:center;font-size:12px;border:1px solid {0};color:{0}"
)
BLOCK = "border-left:3px solid {};padding:.1em 0 .1em .8em;margin:.5em 0"
QUIET = "opacity:.75"
TABLE = "color:inherit;background:transparent;border:0;font-size:inherit;line-height:inherit"
CODE = "font-family:ui-monospace,monospace"


def render(report: PublicReport) -> str:
    """Return a fragment of HTML without script or outside resource; all text is escaped."""
    parts = "".join("".join(_part(part, report.hints)) for part in report.parts)
    broken = "".join(f"<div>{_badge('failing')}{escape(cell)}</div>" for cell in report.broken)
    notes = "".join(f'<div style="{QUIET}">note: {escape(note)}</div>' for note in report.notes)
    heading = f"<div><b>Public checks</b> of {escape(report.name)}</div>"
    total = f'<div style="margin-top:.6em">{escape(report.summary())}</div>'
    return f'<div style="{FRAME}">{heading}{broken}{parts}{notes}{total}</div>'


def _badge(word: str) -> str:
    return f'<span style="{BADGE.format(COLOURS[word])}">{word}</span>'


def _part(part: Part, hints: bool) -> Iterator[str]:
    count = f'<span style="{QUIET}">{part.green} of {len(part.lines)} green</span>'
    title = f"<b>{escape(part.id)}</b> {escape(part.title)}"
    yield f'<div style="margin:.9em 0 .2em">{title} {count}</div>'
    if part.gap:
        yield f"<div>{_badge('unwritten')}{escape(part.gap)}</div>"
        return
    green = [line for line in part.lines if line.green]
    if green:
        names = ", ".join(f'<span title="{escape(x.title)}">{escape(x.id)}</span>' for x in green)
        yield f'<div>{_badge("green")}<span style="{CODE}">{names}</span></div>'
    for line in part.lines:
        if line.status in (Status.FAILED, Status.ERROR, Status.BROKEN):
            yield _failing(line, hints)
        elif line.status is Status.SKIPPED:
            name = f'<span style="{CODE}">{escape(line.id)}</span>'
            yield f"<div>{_badge('waiting')}{name} first: {escape(line.waits_for)}</div>"


def _failing(line: Line, hints: bool) -> str:
    word = WORDS[line.status]
    head = f'{_badge(word)}<b style="{CODE}">{escape(line.id)}</b> {escape(line.title)}'
    if line.fault:
        rows = _row("", f"the check itself failed, which is not your fault: {line.fault}")
    else:
        failed = [finding for finding in line.findings if not finding.note]
        rows = "".join(_finding(finding) for finding in failed[:FINDINGS])
        if len(failed) > FINDINGS:
            rows += _row("", f"... and {len(failed) - FINDINGS} more like this")
        rows += _row("why", line.why) + (_row("look for", line.hint) if hints else "")
    table = f'<table style="{TABLE}">{rows}</table>'
    return f'<div style="{BLOCK.format(COLOURS[word])}"><div>{head}</div>{table}</div>'


def _finding(finding: Finding) -> str:
    rows = _row("what", finding.what) + _row("expected", finding.expected)
    return rows + _row("got", finding.actual) + _row("mistake", mistakes.named(finding.mistake))


def _row(label: str, text: str) -> str:
    if not text:
        return ""
    cell = "text-align:left;vertical-align:top;padding:.05em .8em .05em 0;background:transparent"
    return (
        f'<tr style="background:transparent"><td style="{cell};{QUIET}">{label}</td>'
        f'<td style="{cell}">{escape(text)}</td></tr>'
    )
