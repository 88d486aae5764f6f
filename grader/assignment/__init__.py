"""This assignment: its checks, its networks and layer, what its write-up and saved runs must show.

In come evidence and the reference's replies, out come findings.
Nobody imports it: the engine has `ASSIGNMENT` by its name (`grader.model.assignment`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from grader.assignment import asking
from grader.assignment.pages import places, visuals
from grader.model import (
    CheckGrade,
    Evidence,
    Finding,
    GradeReport,
    ManualQuestion,
    Replies,
    Reply,
    Request,
    StudentError,
    Submission,
)
from grader.model.assignment import Assignment, Data, Examples, Live, Meaning

HOME = Path(__file__).parent
FAMILIES = (
    "handin", "conv2d", "cnn", "unet", "counts", "training", "finetune", "finetune_loop",
)  # fmt: skip


def about(check: str) -> str:
    """Return the family that a check is about.

    >>> about("training.cnn_accuracy"), about("unet.blocks")
    ('cnn', 'unet')
    """
    family, _, what = check.partition(".")
    return what.partition("_")[0] if family == "training" else family


def _stand_in(code: Sequence[str] | None) -> Path:
    from grader.assignment.world import building, notebook_needs
    from grader.assignment.world import needs as kinds

    needs = kinds.ALL if code is None else notebook_needs.needs_of(code)
    return building.build_world(building.default_world_root(), needs)


def _made(to: Path | None) -> Path:
    from grader.assignment.world import building

    return building.build_world(to or building.default_world_root())


def _laid_out(root: Path, folder: Path) -> Path:
    from grader.assignment.world import dataroot

    return dataroot.lay_out(dataroot.check_world(root), folder)


def _fetched(to: Path) -> Path:
    from grader.assignment.world import fetch

    return fetch.fetch_all(to)


def _reference(world: Path) -> AbstractContextManager[dict[str, Any]]:
    from grader.assignment import right

    return right.names(world)


def _conventions() -> Mapping[str, Any]:
    from grader.assignment import right

    return {"conventions": right.conventions()}


def _handlers() -> Any:
    from grader.assignment.agent import handlers

    return handlers


def _forms() -> Mapping[str, Any]:
    from grader.assignment import forms

    return forms.FORMS


def _figures(evidence: Evidence) -> dict[str, float]:
    from grader.assignment import figures

    return figures.figures(evidence)


def _curves() -> Mapping[str, Any]:
    from grader.assignment import curves

    return curves.load()


def _written(
    manual: Sequence[ManualQuestion], submission: Submission
) -> tuple[ManualQuestion, ...]:
    from grader.assignment.written import questions

    return questions.answered(manual, submission)


def _meaning(error: StudentError, subject: str) -> Meaning | None:
    from grader.assignment import torch_errors

    return torch_errors.meaning(error, subject)


def _pictures(student: Evidence, reference: Replies) -> tuple[dict[str, Any], dict[str, Any]]:
    from grader.assignment.pages import blocks, colourings

    return blocks.networks(student, reference), colourings.learning(student.replies, reference)


def _appeal(folder: Path, report: GradeReport, check: CheckGrade) -> str:
    from grader.assignment.appeal import text

    return text.file(folder, report, check)


def _named(item: object) -> tuple[str, str] | None:
    from grader.assignment import live

    return live.named(item)


def _gap(question: str, findings: Iterable[Finding], sources: Sequence[str]) -> str:
    from grader.assignment import gaps

    return gaps.gap(question, findings, sources)


def _needs(families: set[str]) -> set[str]:
    from grader.assignment import live

    return live.needs(families)


def _ask_first(ask: Any, replies: Any, families: set[str]) -> None:
    from grader.assignment import live

    live.ask_first(ask, replies, families)


def _recorded(reply: Reply, request: Request) -> Reply:
    from grader.assignment import live

    return live.recorded(reply, request)


def _undisturbed(namespace: dict[str, Any]) -> AbstractContextManager[None]:
    from grader.assignment import undisturbed

    return undisturbed.undisturbed(namespace)


ASSIGNMENT = Assignment(
    title="CSC413/2516 Winter 2020, Programming Assignment 2",
    notebook="a2-cnn.ipynb",
    task=r"p?a2|assignment[-_ ]?2",
    course=r"csc ?413|csc ?2516",
    writeup="a2-writeup.pdf",
    exercises=("conv2d",),
    examples=Examples("unet", "unet.skip_connections", "pool_after_relu"),
    home=HOME,
    checks=tuple(f"grader.assignment.checks.{family}" for family in FAMILIES),
    classes={"conv2d": "MyConv2d", "cnn": "CNN", "unet": "UNet"},
    handed_out="MyConv2d",
    about=about,
    on_file=frozenset({"handin", "counts"}),
    data=Data(_stand_in, _made, _laid_out, _fetched),
    reference=_reference,
    kernel_files=tuple(HOME / "world" / name for name in ("deeplab.py", "deeplab.safetensors")),
    handlers=_handlers,
    agent=HOME / "agent",
    forms=_forms,
    small=frozenset({"conv2d"}),
    staff_answers={"counts": _conventions},
    figures=_figures,
    written=_written,
    call=asking.call,
    due=asking.due,
    meaning=_meaning,
    pictures=_pictures,
    curves=_curves,
    visuals=visuals.VISUALS,
    sought=places.SOUGHT,
    told=places.TOLD,
    places=places.PLACES,
    appeal=_appeal,
    live=Live(
        use="check(CNN), check(UNet), check(MyConv2d), check(model), check('C1') or check()",
        named=_named,
        nicknames={
            "myconv2d": "conv2d",
            "fine-tuning": "finetune",
            "hand-in": "handin",
            "formulas": "counts",
        },
        # The right answers to A3 are its formulas: compared with recorded ones, these would show.
        by_staff=frozenset(
            f"counts.{what}"
            for what in ("weights", "outputs", "connections", "doubled", "convention")
        ),
        gap=_gap,
        needs=_needs,
        ask_first=_ask_first,
        records=frozenset({"network", "finetune_state"}),
        recorded=_recorded,
        undisturbed=_undisturbed,
    ),
)
