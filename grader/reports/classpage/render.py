"""The class page from the numbers of `grader.reports.overview`: what goes where, no markup."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from grader.judging import mistakes
from grader.model import GradeReport, Student, Verdict
from grader.reports.classpage import histogram
from grader.reports.costs import MINUS
from grader.reports.gradebook import number
from grader.reports.html import markup, style
from grader.reports.overview import overview
from grader.reports.tally import Overview, Row, Seconds

FOLDER = Path(__file__).parent
REPORT = "report.html"
SLOWEST = 10
# Graded, but somebody should look: the notebook was stopped, or could not be read at all.
LOOK = {
    Verdict.TIMEOUT.value: "stopped: out of time",
    Verdict.KILLED_MEMORY.value: "stopped: too much memory",
    Verdict.KILLED_OUTPUT.value: "stopped: too much output",
    Verdict.KILLED_PROCESSES.value: "stopped: too many processes",
    Verdict.KILLED_DISK.value: "stopped: too much disk",
    Verdict.REFUSED_FILE.value: "the notebook cannot be read",
}
NO_NOTEBOOK = "notebook_missing"
DIED = "kernel_died"  # for no reason that is known: perhaps the machine's fault
STAGES = {"notebook": "running the notebooks", "checks": "judging"}


def index(
    reports: Sequence[GradeReport],
    missing: Sequence[Student] = (),
    seconds: Seconds | None = None,
    title: str = "Class report",
) -> str:
    """Return index.html of a class; the arguments are those of `overview`.

    Links go to `<submission>/report.html` beside the page.
    """
    return page(overview(reports, missing, seconds), title)


def page(found: Overview, title: str = "Class report") -> str:
    """Return an overview as index.html."""
    css, script = _asset("page.css"), _asset("sort.js")
    css = style.base() + "\n" + css
    text: str = _template().render(
        title=title,
        policy=policy(css, script),
        css=Markup(css),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704
        **values(found),
    )
    return text


def policy(css: str, script: str) -> str:
    """Return the page's content security policy: this style, this script, nothing else."""
    return (
        f"default-src 'none'; style-src {_hash(css)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@functools.cache
def _asset(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


@functools.cache
def _template() -> Any:
    environment = markup.environment(FOLDER)
    environment.filters |= {"points": points, "percent": percent, "clock": clock}
    return environment.get_template("index.html")


def points(value: float | None) -> str:
    """Return points with two decimals; a dash where there is no score."""
    return "–" if value is None else f"{value:.2f}"


def percent(share: float) -> str:
    """Return a share in percent: 0 and 100 only where they are true.

    >>> percent(1.0), percent(0.999), percent(0.001), percent(0.5)
    ('100 %', '99 %', '1 %', '50 %')
    """
    whole = round(100 * share)
    if 0 < share < 1:
        whole = min(99, max(1, whole))
    return f"{whole} %"


def clock(seconds: float) -> str:
    """Return seconds as people say them.

    >>> clock(4.24), clock(75), clock(7325)
    ('4.2 s', '1 min 15 s', '2 h 2 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def values(found: Overview) -> dict[str, Any]:
    """Return what the template shows."""
    automatic = dict.fromkeys(q.id for r in found.rows for q in r.questions if q.max_points > 0)
    manual = any(row.manual for row in found.rows)
    marking = any(mark.points is not None for row in found.rows for mark in row.manual)
    scored = found.total if found.total.count and not found.unmarked else found.automatic
    slowest = sorted(found.rows, key=lambda row: -row.time)[:SLOWEST]
    return {
        "found": found,
        "rows": [_row(row, list(automatic), marking=marking) for row in found.rows],
        "questions": list(automatic),
        "manual": manual,
        "withheld": [_row(row) for row in found.withheld],
        "look": [_row(row) for row in found.rows if _look(row) and not row.withheld],
        "world": [_row(row) for row in found.world],
        "understood": [_row(row) for row in found.rows if row.notes],
        "scored": scored,
        "scored_what": "total points" if scored is found.total else "automatic points",
        "bars": histogram.drawn(scored),
        "figure": {"width": histogram.WIDTH, "height": histogram.HEIGHT, "floor": histogram.FLOOR},
        "mistakes": [_mistake(mistake, found) for mistake in found.mistakes],
        "checks": [(check, round(100 * check.rate, 2)) for check in found.checks],
        "stages": [(STAGES.get(name, name), value) for name, value in found.seconds.items()],
        "time": sum(found.seconds.values()),
        "slowest": [_row(row) for row in slowest if row.time > 0],
        "unsafe": found.isolation.get("none", 0),
    }


def _row(row: Row, questions: Sequence[str] = (), *, marking: bool = False) -> dict[str, Any]:
    earned = {question.id: question.points for question in row.questions}
    return {
        "row": row,
        "href": href(row.id),
        "who": ", ".join(student.name or student.id for student in row.students),
        "tags": _tags(row, marking=marking),
        "look": _look(row),
        "questions": [(number(earned.get(name)), points(earned.get(name))) for name in questions],
        "exact": {"automatic": number(row.automatic), "total": number(row.total)},
        "stages": ", ".join(
            f"{STAGES.get(name, name)} {clock(value)}" for name, value in row.seconds.items()
        ),
    }


def href(id_: str) -> str:
    """Return the link to a submission's report, relative to the page."""
    return f"{quote(id_, safe='', errors='replace')}/{REPORT}"


def _look(row: Row) -> str:
    """Return why somebody should look at a graded submission; "" for an ordinary one."""
    if row.left_out:
        return row.left_out
    if row.verdict in LOOK:
        return LOOK[row.verdict]
    if NO_NOTEBOOK in row.mistakes:
        return "no notebook was handed in"
    if DIED in row.mistakes:
        return "the kernel died"
    if row.broken:
        return row.broken
    return "its training loop says that something is not here" if row.stopped else ""


def _tags(row: Row, *, marking: bool) -> list[tuple[str, str]]:
    """Return the flags of a submission as kind and word; what lacks marks once marking began."""
    tags = [("bad", "withheld")] if row.withheld else []
    if look := _look(row):
        tags.append(("warn", look))
    if row.late:
        tags.append(("warn", "late"))
    if row.change:
        kind = "bonus" if row.change > 0 else "deduction"
        tags.append(("plain", f"{kind} {row.change:+.2f}".replace("-", MINUS)))
    if row.decisions:
        tags.append(("plain", "decided by a person"))
    if marking and not row.withheld and not row.marked:
        tags.append(("plain", "to mark"))
    return tags


def _mistake(mistake: Any, found: Overview) -> dict[str, Any]:
    count, of = len(mistake.submissions), len(found.rows) - len(found.withheld)
    return {
        "id": mistake.id,
        "title": mistakes.title(mistake.id),
        "checks": mistake.checks,
        "count": count,
        "share": count / of,
        "width": round(100 * count / of, 2),
        "by": [(id_, href(id_)) for id_ in mistake.submissions],
    }
