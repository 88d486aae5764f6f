"""Reports and parts of pages, made of nothing: no kernel, no network, no torch."""

import json

import numpy as np

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
    StudentError,
    Submission,
    SubmissionFile,
    Verdict,
)
from grader.reports.html import cells, pictures, places
from grader.reports.html.nouns import Block, Layer, Learning, Named, Network, Parts, Sample

PASSED, FAILED, SKIPPED = Status.PASSED, Status.FAILED, Status.SKIPPED
FIGURES = {
    "cnn_accuracy": 0.47, "cnn_majority": 0.18, "mean_iou": 0.64, "mean_iou_background": 0.41,
    "band.cnn_accuracy.mean": 0.46, "band.cnn_accuracy.sd": 0.01, "band.cnn_accuracy.low": 0.44,
    "band.mean_iou.mean": 0.65, "band.mean_iou.sd": 0.01, "band.mean_iou.low": 0.62,
}  # fmt: skip


def check(id_, status=PASSED, findings=(), **changes):
    question = {"cnn": "A1", "unet": "B1", "finetune": "C1"}.get(id_.partition(".")[0], "A1")
    first = findings[0] if findings else None
    values = {
        "id": id_, "question": question, "status": status,
        "points": 0.1 if status is PASSED else 0.04, "max_points": 0.1, "visibility": "public",
        "title": f"Title of {id_}.", "mistakes": (), "message": first.what if first else "",
        "expected": first.expected if first else "", "actual": first.actual if first else "",
        "why": f"why {id_} matters." if first else "", "hint": "`a hint` to it" if first else "",
        "seconds": 0.0, "findings": tuple(findings),
    }  # fmt: skip
    return CheckGrade(**{**values, **changes})


BLOCKS = check(
    "cnn.blocks",
    FAILED,
    [
        Finding(
            f"block {n} of CNN", "MaxPool, ReLU", "ReLU, MaxPool", "pool_after_relu", f"block {n}"
        )
        for n in (1, 2)
    ],
)
VALUES = check(
    "cnn.values",
    FAILED,
    [Finding("CNN(3) in train mode", "1.5 at [0]", "2.5 there", "pool_after_relu", "block 1")],
)
ACCURACY = check("training.cnn_accuracy", SKIPPED, message="not judged: cnn.values did not pass")
CHECKS = (check("cnn.builds"), BLOCKS, VALUES, ACCURACY, check("unet.builds"))


def report(checks=CHECKS, **changes):
    names = {c.question: 0 for c in checks}
    questions = [
        QuestionGrade(
            name,
            {"A1": "CNN", "B1": "UNet", "C1": "The parameters that learn"}.get(name, name),
            round(sum(c.points for c in checks if c.question == name), 6),
            round(sum(c.max_points for c in checks if c.question == name), 6),
        )
        for name in names
    ]
    values = {
        "submission": Submission(
            "chen", (SubmissionFile("a2-cnn.ipynb", 9, "00"),), "a2-cnn.ipynb",
            students=(Student("chen", "Chen Li"),),
        ),
        "status": "graded", "score": round(sum(q.points for q in questions), 6),
        "max_score": round(sum(q.max_points for q in questions), 6), "isolation": "bubblewrap",
        "questions": tuple(questions), "checks": tuple(checks),
        "manual": (ManualQuestion("A2", "What the pictures show", 0.3, "They are brown."),),
        "notes": ("made to run: epochs 25 -> 1",), "figures": FIGURES,
        "environment": {"torch": "2.15", "seed": "9876543210123"}, "verdict": Verdict.WRONG,
        "cells": (
            CellRun(1, Outcome.OK),
            CellRun(2, Outcome.RAISED, 0.1, StudentError("NameError", "no `arg`", "f(arg)")),
        ),
    }  # fmt: skip
    return GradeReport(**{**values, **changes})


def withheld(**changes):
    return report(
        (), status="withheld", score=0.0, verdict=Verdict.SANDBOX_FAILURE, questions=(),
        reason="the sandbox did not start", **changes,
    )  # fmt: skip


def notebook(*more):
    """Return an executed notebook as JSON: text, the CNN, a cell that fails, and whatever else."""
    cell = {"metadata": {}, "outputs": [], "execution_count": 1}
    cells_ = [
        {"cell_type": "markdown", "metadata": {}, "source": "# Part A\n\n- one `b`\n- **two**"},
        cell | {"cell_type": "code", "source": "class CNN(nn.Module):\n" + "    x = 1\n" * 20},
        cell
        | {
            "cell_type": "code",
            "source": "f(arg)",
            "outputs": [
                {"output_type": "error", "ename": "NameError", "evalue": "arg", "traceback": []}
            ],
        },
        *more,
    ]  # fmt: skip
    return json.dumps({"cells": cells_, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def network(name="CNN", layer="MaxPool"):
    blocks = (
        Block(
            "block 1",
            0,
            (
                Layer("MyConv2d", "", "1 → 32, 3×3"),
                Layer(layer, "place"),
                Layer("ReLU"),
                Layer(layer, "moved"),
            ),
            departures=(1,),
        ),
        Block("block 2", 1, (Layer("nn.Conv2d", "changed", "32 → 9"), Layer("Dropout", "extra"))),
        Block("block 3", 2, (Layer("BatchNorm", "missing"),), (0,), (-1,), "cat"),
    )  # fmt: skip
    named = Named(1, "pool_after_relu", "block 1", "MaxPool, ReLU", "ReLU, MaxPool")
    return Network(name, blocks, (named,), proved=True)


def learning():
    rng = np.random.default_rng(0)
    ids = rng.integers(0, 2, (8, 8))
    palette = np.array([[0, 0, 0], [200, 200, 0]], dtype=np.uint8)
    shown = pictures.classes(ids, palette)
    sample = Sample(pictures.grey(rng.random((8, 8))), shown, shown, shown, 0.5, 0.75)
    curve = tuple(2 - i / 40 for i in range(60))
    return Learning((curve, curve[:30] + (None,) * 30), (curve,), (sample, sample))


def parts(text=None, **changes):
    shown, more = cells.read(notebook() if text is None else text)
    values = {
        "networks": {"cnn": network()}, "learning": {"cnn": learning(), "segment": learning()},
        "cells": shown, "more_cells": more, "places": places.find(shown),
    }  # fmt: skip
    return Parts(**{**values, **changes})
