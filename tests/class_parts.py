"""Reports of a made-up class, without a notebook, a kernel or torch."""

from __future__ import annotations

import random
from dataclasses import replace

from grader.model import (
    CellRun,
    CheckGrade,
    Finding,
    GradeReport,
    ManualQuestion,
    Outcome,
    QuestionGrade,
    Status,
    Student,
    Submission,
    Verdict,
)

# id, question, most points
CHECKS = (
    ("cnn.builds", "A1", 0.2),
    ("cnn.blocks", "A1", 0.6),
    ("unet.values", "B1", 0.65),
    ("unet.skip_connections", "B1", 0.35),
    ("finetune.selection", "C1", 0.5),
    ("finetune.head", "C2", 0.175),
    ("finetune.loop", "C2", 0.525),
    ("handin.epochs", "hand-in", 0.0),
)
TITLES = {"A1": "CNN", "B1": "UNet", "C1": "Selection", "C2": "Freezing", "hand-in": "The hand-in"}
MANUAL = (ManualQuestion("A2", "Pictures", 0.3), ManualQuestion("B3", "Skips", 0.4))
HOSTILE = "<script>alert(1)</script>\"'&=cmd|\x1b[31m\u202e"


def check(
    id_: str,
    status: Status = Status.PASSED,
    points: float | None = None,
    mistakes: tuple[str, ...] = (),
    visibility: str = "public",
    message: str = "",
) -> CheckGrade:
    """Return one check of the class, with a finding for each mistake."""
    _, question, most = next(entry for entry in CHECKS if entry[0] == id_)
    full = most if status is Status.PASSED else 0.0
    findings = tuple(Finding(f"what of {m}", "expected", "got", m) for m in mistakes)
    return CheckGrade(
        id=id_,
        question=question,
        status=status,
        points=full if points is None else points,
        max_points=most,
        visibility=visibility,
        title=f"Title of {id_}.",
        mistakes=mistakes,
        message=message,
        expected="expected" if findings else "",
        actual="got" if findings else "",
        why="because" if findings else "",
        hint="look there" if findings else "",
        seconds=0.125,
        findings=findings,
    )


def report(
    id_: str = "ada",
    checks: tuple[CheckGrade, ...] = (),
    students: tuple[Student, ...] = (),
    **changes: object,
) -> GradeReport:
    """Return a report; the checks that are not given have passed."""
    given = {c.id: c for c in checks}
    every = tuple(given.get(name) or check(name) for name, _, _ in CHECKS)
    questions = tuple(
        QuestionGrade(
            q,
            TITLES[q],
            round(sum(c.points for c in every if c.question == q), 6),
            round(sum(c.max_points for c in every if c.question == q), 6),
        )
        for q in TITLES
    )
    made = GradeReport(
        submission=Submission(id_, students=students),
        status="graded",
        score=round(sum(q.points for q in questions), 6),
        max_score=round(sum(q.max_points for q in questions), 6),
        isolation="bubblewrap",
        questions=questions,
        manual=MANUAL,
        checks=every,
        cells=(CellRun(0, Outcome.OK, 1.5), CellRun(2, Outcome.RAISED, 0.25)),
        environment={"grader": "0.1.0", "seed": "4711"},
        verdict=Verdict.OK,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def marked(one: GradeReport, **points: float) -> GradeReport:
    """Return a report with the points of a person: `A2=0.3`."""
    manual = (replace(q, points=points.get(q.question)) for q in one.manual)
    return replace(one, manual=tuple(manual))


def withheld(id_: str = "bo", reason: str = "the sandbox died", **changes: object) -> GradeReport:
    """Return a report without a score."""
    empty = report(
        id_,
        status="withheld",
        score=0.0,
        questions=(),
        verdict=Verdict.SANDBOX_FAILURE,
        reason=reason,
    )
    return replace(empty, checks=(), **changes)  # type: ignore[arg-type]


def a_class(size: int, seed: int = 0) -> list[GradeReport]:
    """Return a class with right, wrong, late, stopped and withheld submissions."""
    draw = random.Random(seed)
    return [_one(number, draw) for number in range(size)]


def _one(number: int, draw: random.Random) -> GradeReport:
    id_ = f"student-{number:03d}"
    who = (Student(f"s{number}", f"Name {number}", platform_id=str(1000 + number)),)
    if draw.random() < 0.06:
        return withheld(id_, submission=Submission(id_, students=who))
    checks = []
    for name, _, most in CHECKS:
        if draw.random() < 0.25:
            status = draw.choice([Status.FAILED, Status.ERROR, Status.SKIPPED])
            kept = round(most * draw.choice([0, 0, 0.5]), 6)
            made = (draw.choice(["pool_after_relu", "raises", "width_wrong"]),)
            checks.append(check(name, status, kept, () if status is Status.SKIPPED else made))
    late = draw.choice([None, False, False, True])
    found = report(id_, tuple(checks))
    return replace(
        found,
        submission=Submission(id_, students=who, late=late),
        verdict=draw.choice([Verdict.OK, Verdict.WRONG, Verdict.WRONG, Verdict.TIMEOUT]),
        cells=(CellRun(0, Outcome.OK, draw.uniform(1, 90)),),
    )
