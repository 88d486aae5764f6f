"""report.html: one file for one submission. Pure and quick: everything costly is in `Parts`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from grader.judging import mistakes
from grader.model import CellRun, GradeReport, Outcome, Status
from grader.model.assignment import Visual, chosen
from grader.reports import costs, decided, wording
from grader.reports.html import charts, diagram, findings, markup, style
from grader.reports.html.nouns import Parts
from grader.scoring.audience import INSTRUCTOR, STUDENT, seen_by

JUDGED = (Status.PASSED, Status.FAILED)
FOLDED = 14  # lines of code that are folded unless there is something to say about them
WORDS = {
    Status.PASSED: ("good", "\u2713 passed"),
    Status.FAILED: ("bad", "\u2717 failed"),
    Status.ERROR: ("bad", "! error"),
    Status.SKIPPED: ("warn", "\u2013 not judged"),
    Status.BROKEN: ("warn", "? grader's fault"),
}
ENDED = {
    Outcome.RAISED: "raised an error",
    Outcome.TIMED_OUT: "did not come to an end in time",
    Outcome.DIED: "ended the kernel",
    Outcome.SKIPPED: "was not run",
}


@dataclass(frozen=True)
class Shown:
    """What a network did, for one question: the drawing, the chart, the figures, the pictures."""

    name: str
    words: Mapping[str, str]
    drawing: Markup | None
    network: Any
    legend: list[str]
    chart: Markup | None
    said: str
    band: Any
    samples: tuple[Any, ...]
    figures: dict[str, float]
    judged: bool  # whether the figure counted
    forgiven: bool  # whether a person decided that what is marked in the drawing is right


def page(report: GradeReport, parts: Parts, audience: str = STUDENT) -> str:
    """Return report.html.

    Args:
        report: the whole report; what its reader may not see is taken out here.
        parts: what `grader.reports.html.gather.parts` made.
        audience: "student" or "instructor".

    Raises:
        ValueError: an unknown audience.
        NotScored: the report has hidden checks but was scored without `public_points`.
    """
    view = seen_by(report, audience)
    shown = view.report
    withheld = shown.status == "withheld"
    if withheld and audience == STUDENT:
        shown = replace(shown, checks=(), questions=())
    found = findings.within(findings.sections(shown, parts.places), parts.shown)
    parts = _visible(parts, shown, view.hidden)
    return _template().render(
        audience=audience,
        instructor=audience == INSTRUCTOR,
        course=chosen().title,
        policy=markup.POLICY,
        css=Markup(style.sheet("base", "report")),  # noqa: S704 - our own style sheets
        report=shown,
        withheld=withheld,
        hidden_points=view.hidden_points,
        has_hidden=bool(view.hidden),
        sections=[s for s in found if s.question.max_points or _told(s) or withheld],
        clear=bool(found) and not withheld and not any(s.failed or s.skipped for s in found),
        headlines=findings.in_short(found),
        visuals=_visuals(shown, parts, found),
        parts=parts,
        names={cell.index: cell.name for cell in parts.cells},
        beside=findings.beside(found, parts.places),
        runs={run.index: run for run in shown.cells if run.status is not Outcome.OK},
        ran=sum(run.status is Outcome.OK for run in shown.cells),
        decided=decided.lines(shown),
        change=decided.changed(shown),
        manual_points=sum(question.max_points for question in shown.manual),
    )


def _told(section: findings.Section) -> bool:
    return bool(section.failed) or any(shown.notes for shown in section.checks)


def _visible(parts: Parts, report: GradeReport, hidden: frozenset[str]) -> Parts:
    """Return what belongs to no hidden check; nothing but the notebook without any check."""

    def kept(things: Mapping[str, Any], belongs: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
        return {k: v for k, v in things.items() if report.checks and not hidden & {*belongs[k]}}

    networks = kept(parts.networks, {v.kind: v.drawn_by for v in chosen().visuals})
    learning = kept(parts.learning, {v.kind: v.learned_by for v in chosen().visuals})
    return replace(parts, networks=networks, learning=learning)


def _visuals(
    report: GradeReport, parts: Parts, found: tuple[findings.Section, ...]
) -> dict[str, list[Shown]]:
    """Return what is drawn, by the question that it stands in."""
    questions = {shown.check.id: s.question.id for s in found for shown in s.checks}
    visuals: dict[str, list[Shown]] = {}
    for one in chosen().visuals:
        belongs = [one.anchor, *one.drawn_by, *one.learned_by]
        question = next((questions[name] for name in belongs if name in questions), None)
        if question is not None and (one.kind in parts.networks or one.kind in parts.learning):
            visuals.setdefault(question, []).append(_visual(one, report, parts))
    return visuals


def _visual(one: Visual, report: GradeReport, parts: Parts) -> Shown:
    network, learning = parts.networks.get(one.kind), parts.learning.get(one.kind)
    band = chosen().curves().get(one.kind)
    said = charts.said(learning, band) if learning else ""
    return Shown(
        name=one.name,
        words=one.words,
        drawing=diagram.draw(network) if network else None,
        network=network,
        legend=diagram.legend(network) if network else [],
        chart=charts.loss_chart(learning, band, said) if learning else None,
        said=said,
        band=band,
        samples=learning.samples if learning else (),
        figures=_figures(one, report) if learning else {},
        judged=any(c.id in one.learned_by and c.status in JUDGED for c in report.checks),
        forgiven=any(
            d.what in one.drawn_by and d.verdict == Status.PASSED.value for d in report.decisions
        ),
    )


def _figures(one: Visual, report: GradeReport) -> dict[str, float]:
    """Return the figures of a network: "own", "floor", "mean", "sd" and "low", if it has one."""
    name, figures = one.figure, report.figures
    if name not in figures:
        return {}
    wanted = {"own": name, "floor": one.floor}
    wanted |= {key: f"band.{name}.{key}" for key in ("mean", "sd", "low")}
    found = {key: figures[place] for key, place in wanted.items() if place in figures}
    return found if len(found) == len(wanted) else {}


def _ended(run: CellRun) -> str:
    return ENDED.get(run.status, run.status.value)


@functools.cache
def _template() -> Template:
    environment = markup.environment(Path(__file__).parent / "templates")
    environment.globals |= {"folded": FOLDED, "statuses": WORDS, "anchor": findings.anchor}
    environment.filters |= {
        "points": "{:.2f}".format,
        "percent": "{:.1%}".format,
        "base64": markup.base64,
        "ticked": markup.ticked,
        "titled": mistakes.title,
        "costs": lambda question: list(costs.shown(question).items()),
        "cost_name": costs.title,
        "minus": costs.minus,
        "name": wording.heading,
        "ended": _ended,
        "two": "{:.2f}".format,
        "untitled": lambda text: text.rstrip("."),
        "sentence": lambda text: text if text.endswith((".", "!", "?")) else f"{text}.",
    }
    return environment.get_template("page.html")
