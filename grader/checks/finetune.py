"""Part C: the parameters that are handed over, the freezing, the new head, and what it learns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from grader import bands
from grader.catalog import check
from grader.draws import Draw
from grader.model import Evidence, Finding, Replies, Request
from grader.standin.flowers import draw_flowers

Array = np.ndarray[Any, Any]
HEAD = ("classifier.4.weight", "classifier.4.bias")
HEAD_PREFIX = "classifier.4."
TRAINING, HELD_OUT, BATCH, STEPS, LEARN_RATE = 80, 80, 8, 40, 5e-3
ARGUMENTS = {
    "gpu": False,
    "checkpoint_name": "check",
    "learn_rate": 1e-3,
    "train_batch_size": 4,
    "val_batch_size": 4,
    "epochs": 1,
    "seed": 0,
    "plot": False,
    "experiment_name": "check",
}


def requests(draw: Draw) -> Iterator[Request]:
    """Yield the questions about Part C's network."""
    yield Request("finetune.state", "finetune_state")
    yield Request("finetune.train", "finetune_train", {"steps": 2, "arguments": ARGUMENTS})
    yield segment_request(draw)


def segment_request(draw: Draw) -> Request:
    """Return the fine-tuning run: flowers by seed, held-out masks kept back."""
    rng = draw.generator("segment")
    images, masks = draw_flowers(TRAINING + HELD_OUT, rng)
    inputs = images.astype(np.float32) / 255
    labels = (masks > 0.5).astype(np.uint8)
    order = rng.integers(0, TRAINING, (STEPS, BATCH))
    arrays: dict[str, Array] = {
        "inputs": inputs[:TRAINING],
        "labels": labels[:TRAINING],
        "order": order,
        "held_out": inputs[TRAINING:],
    }
    return Request(
        "finetune.segment",
        "segment",
        {"learn_rate": LEARN_RATE, "seed": 0},
        arrays,
        {"labels": labels[TRAINING:]},
    )


def mean_iou(predictions: Array, labels: Array) -> float:
    """Return the mean of the two classes' intersection over union, over all pixels."""
    scores = []
    for label in (0, 1):
        mine, theirs = predictions == label, labels == label
        union = (mine | theirs).sum()
        scores.append(float((mine & theirs).sum() / union) if union else 1.0)
    return float(np.mean(scores))


def _parameters(student: Evidence) -> Mapping[str, tuple[tuple[int, ...], bool]]:
    rows = student["finetune.state"].values["parameters"]
    return {name: (tuple(shape), bool(learns)) for name, shape, learns in rows}


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{len(names)}: {shown}{', ...' if len(names) > 3 else ''}" if names else "none"


@check("finetune.head")
def head(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """`model.classifier[4]` is a fresh 1×1 convolution from 256 channels to 2.

    Why it matters: the pretrained last layer tells 21 classes apart; here there are two.
    Usual cause: another index, the whole classifier replaced, or the replacement left out.
    """
    mine, want = (
        student["finetune.state"].values["head"],
        reference["finetune.state"].values["head"],
    )
    if mine is None:
        yield Finding(
            "model.classifier", "DeepLab's classifier", "no such module", "classifier_replaced"
        )
        return
    if len(mine["children"]) != len(want["children"]):
        got = f"{len(mine['children'])} layers"
        yield Finding(
            "model.classifier", f"{len(want['children'])} layers", got, "classifier_replaced"
        )
        return
    keys = {
        "out_channels": "head_channels",
        "kernel_size": "head_kernel",
        "in_channels": "head_in_channels",
    }
    if mine["out_channels"] == 21:
        yield Finding(
            "model.classifier[4]",
            "2 output channels",
            "21: the layer that was there",
            "head_not_replaced",
        )
        return
    for key, mistake in keys.items():
        if mine[key] != want[key]:
            what = f"{key} of model.classifier[4]"
            yield Finding(what, str(want[key]), str(mine[key]), mistake)


@check("finetune.frozen", requires=["finetune.head"])
def frozen(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Only the new last layer requires gradients.

    Why it matters: frozen layers cost no gradient memory and keep what they were trained for.
    Usual cause: no loop over the parameters; or the loop behind the replacement, so that the
    new layer is frozen too.
    """
    parameters = _parameters(student)
    learning = [name for name, (_, learns) in parameters.items() if learns]
    outside = [name for name in learning if not name.startswith(HEAD_PREFIX)]
    total = sum(not name.startswith(HEAD_PREFIX) for name in parameters)
    if outside:
        mistake = "not_frozen" if len(outside) == total else "partly_frozen"
        yield Finding(
            "the parameters with requires_grad", _names(list(HEAD)), _names(learning), mistake
        )
    lost = [name for name in HEAD if name in parameters and name not in learning]
    if lost:
        yield Finding(
            "the new last layer", "requires_grad=True", f"False for {_names(lost)}", "head_frozen"
        )


def _handed_over(student: Evidence) -> list[str] | None:
    groups = student["finetune.train"].values.get("groups") or []
    if not groups:
        return None
    return [
        p["name"] or f"a tensor of shape {tuple(p['shape'])} that is not in the model"
        for g in groups
        for p in g
    ]


@check("finetune.selection")
def selection(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """`learned_parameters` holds the weight and the bias of classifier.4, and nothing else.

    Why it matters: fine-tuning the last layer means that the optimizer is given this layer.
    Usual cause: `named_parameters(prefix=...)` only puts a word before the names and selects
    everything; a test with `in` also takes aux_classifier.4.
    """
    mine, what = _handed_over(student), "the parameters that train(args, model) gives its optimizer"
    want = _handed_over_by(reference)
    if mine is None:
        yield _nothing_handed_over(student, what, want)
    elif sorted(set(mine)) != sorted(want):
        yield Finding(what, _names(want), _names(mine), _selection_mistake(set(mine), set(want)))


def _handed_over_by(reference: Replies) -> list[str]:
    return [p["name"] for group in reference["finetune.train"].values["groups"] for p in group]


def _nothing_handed_over(student: Evidence, what: str, want: list[str]) -> Finding:
    values = student["finetune.train"].values
    given, error = values.get("given") or [], values.get("error") or {}
    raised = f"; it raises {error.get('name')}: {error.get('message')}" if error else ""
    if not given:
        return Finding(
            what,
            _names(want),
            f"no optimizer was made{raised}",
            "selects_nothing" if not error else "raises",
        )
    kinds, count = given[-1].get("kinds", []), given[-1].get("count", 0)
    if count == 0:
        return Finding(what, _names(want), f"an empty list{raised}", "selects_nothing")
    return Finding(what, _names(want), f"{count} of {', '.join(kinds)}{raised}", "selects_names")


def _selection_mistake(mine: set[str], want: set[str]) -> str | None:
    if any("not in the model" in name for name in mine):
        return "selects_old_layer"
    if mine < want:
        return "selects_weight_only" if "classifier.4.weight" in mine else "selects_bias_only"
    extra = mine - want
    if not want <= mine:
        return None
    if all(name.startswith("aux_classifier.4.") for name in extra):
        return "selects_aux_head"
    if all(name.startswith("classifier.") for name in extra):
        return "selects_whole_classifier"
    return "selects_everything"


@check("finetune.only_head_moves", requires=["finetune.head"])
def only_head_moves(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Two steps of the student's own `train(args, model)` move the last layer and nothing else.

    Why it matters: it is the proof that selection and freezing together do what they should.
    Usual cause: nothing is frozen and everything was handed to the optimizer.
    """
    values = student["finetune.train"].values
    if not values.get("steps"):
        error = values.get("error") or {}
        said = f"{error.get('name')}: {error.get('message')}" if error else "no optimizer step"
        yield Finding("train(args, model)", "a step of the optimizer", said)
        return
    moved = list(values["moved"])
    outside = [name for name in moved if not name.startswith(HEAD_PREFIX)]
    if outside:
        yield Finding(
            "the parameters that moved", _names(list(HEAD)), _names(moved), "frozen_parameter_moved"
        )
    still = [name for name in HEAD if name not in moved and name in _parameters(student)]
    if still and not outside:
        yield Finding("the parameters that moved", _names(list(HEAD)), _names(moved))
    if values.get("moved_buffers"):
        yield Finding(
            "BatchNorm's running statistics",
            "they may move: the starter's loop calls model.train()",
            f"{len(values['moved_buffers'])} buffers moved",
            note=True,
        )


def segmentation_iou(student: Evidence) -> float:
    """Return the mean IoU on the held-out flowers."""
    labels = student.replies.requests["finetune.segment"].held_back["labels"]
    predictions = student["finetune.segment"].arrays["predictions"]
    return mean_iou(predictions, labels) if predictions.shape == labels.shape else 0.0


@check("finetune.mean_iou", requires=["finetune.head", "finetune.frozen"])
def learns(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Fine-tuned by the grader's loop, the student's network tells flowers from background.

    Why it matters: it shows that the pretrained layers are still intact and the head can learn.
    Usual cause: pretrained weights lost, or a head that is not joined to them.
    """
    band, mine = bands.load()["mean_iou"], segmentation_iou(student)
    labels = student.replies.requests["finetune.segment"].held_back["labels"]
    nothing = mean_iou(np.zeros_like(labels), labels)
    if mine < band.low:
        yield Finding(
            f"mean IoU on {HELD_OUT} held-out flowers after {STEPS} steps of the grader's training",
            f"at least {band.low:.2f} (the reference: {band.mean:.2f} ± {band.sd:.2f} "
            f"over {band.count} seeds)",
            f"{mine:.2f}; calling everything background would give {nothing:.2f}",
            "below_band",
            credit=float(np.clip((mine - nothing) / (band.low - nothing), 0, 1)),
        )
