"""Part C: the new last layer, the freezing, and what the network learns."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.assignment import bands
from grader.assignment.checks import deeplab, handover, proof
from grader.assignment.checks.deeplab import HEAD, shown
from grader.assignment.world.flowers import draw_flowers
from grader.judging.catalog import check
from grader.judging.draws import Draw
from grader.model import Evidence, Finding, NoAnswer, Replies, Request

Array = np.ndarray[Any, Any]
RUNS = 2  # seeds: nothing is deducted on the word of one
TRAINING, HELD_OUT = 80, 160  # images of a run
BATCH, STEPS, LEARN_RATE = 8, 40, 5e-3
HEAD_MISTAKES = (
    "head_not_replaced", "head_wrong_index", "classifier_replaced", "head_type", "head_channels",
    "head_in_channels", "head_kernel",
)  # fmt: skip
ARGUMENTS = {
    "checkpoint_name": "check",
    "learn_rate": 1e-3,
    "train_batch_size": 4,
    "val_batch_size": 4,
    "epochs": proof.EPOCHS,
    "seed": 0,
    "plot": False,
    "experiment_name": "check",
}


def requests(draw: Draw) -> Iterator[Request]:
    """Yield the questions about Part C's network."""
    yield Request("finetune.state", "finetune_state")
    yield Request("finetune.train", "finetune_train", {"steps": 2, "arguments": ARGUMENTS})
    yield from proof.requests(draw, ARGUMENTS)
    for run in range(RUNS):
        yield segment_request(run, draw)


def segment_request(run: int, draw: Draw) -> Request:
    """Return one fine-tuning run: images and order by seed, held-out masks kept back."""
    rng = draw.generator(f"segment.{run}")
    images, masks = draw_flowers(TRAINING + HELD_OUT, rng)
    inputs = images.astype(np.float32) / 255
    labels = (masks > 0.5).astype(np.uint8)
    arrays: dict[str, Array] = {
        "inputs": inputs[:TRAINING],
        "labels": labels[:TRAINING],
        "order": rng.integers(0, TRAINING, (STEPS, BATCH)),
        "held_out": inputs[TRAINING:],
    }
    return Request(
        f"finetune.segment.{run}",
        "segment",
        {"learn_rate": LEARN_RATE, "seed": run},
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


def _loop(student: Evidence) -> handover.Loop | None:
    try:
        return handover.read(student.replies)
    except NoAnswer:  # the check of the selection says so
        return None


def _replaced(student: Evidence, reference: Replies) -> bool:
    mine, want = deeplab.read(student.replies), deeplab.read(reference)
    ran = _loop(student)
    handed = ran.handed.names if ran is not None and ran.handed is not None else ()
    return deeplab.classifier_replaced(mine, want, handed)


@check("finetune.head")
def head(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """`model.classifier[4]` is a fresh 1×1 convolution from 256 channels to 2.

    Why it matters: the pretrained last layer tells 21 classes apart; here there are two.
    Usual cause: another index, the whole classifier replaced, or the replacement left out.
    """
    mine, want = deeplab.read(student.replies), deeplab.read(reference)
    layer = "model.classifier[4]"
    if mine.old_head:
        place, kept = mine.misplaced, "21 channels: the layer that was there"
        got = f"{kept}; {place} has 2" if place else kept
        mistake = "head_wrong_index" if place else "head_not_replaced"
        yield Finding(layer, "2 output channels", got, mistake, where=place)
    elif _replaced(student, reference):
        expected = "the pretrained layers before the last one"
        yield Finding("model.classifier", expected, "other layers", "classifier_replaced")
    elif mine.head is not None and want.head is not None:
        if not mine.head.is_conv or len(mine.head.shape) != len(want.head.shape):
            yield Finding(layer, "an nn.Conv2d", mine.head.type, "head_type")
        elif not all(trial.joined(mine.head.shape) for trial in proof.trials(student, "layers")):
            want_scores = "the scores of such a convolution with these numbers"
            raised = next((t.raised for t in proof.trials(student, "layers") if t.raised), None)
            got = f"the network raises {raised}" if raised else proof.REFUTED
            yield Finding(f"{layer} on features drawn by the grader", want_scores, got)
        else:
            yield from _shape_of(layer, mine.head.shape, want.head.shape)
            if not mine.head.bias:  # the handout does not ask for one in so many words
                expected, got = "a weight and a bias", "a weight alone"
                yield Finding(layer, expected, got, "head_without_bias", note=True)


def _shape_of(layer: str, mine: tuple[int, ...], want: tuple[int, ...]) -> Iterator[Finding]:
    parts = (
        ("output channels", "head_channels", mine[0], want[0]),
        ("input channels", "head_in_channels", mine[1], want[1]),
        ("kernel size", "head_kernel", mine[2:], want[2:]),
    )
    for what, mistake, got, expected in parts:
        if got != expected:
            yield Finding(f"the {what} of {layer}", str(expected), str(got), mistake)


@check("finetune.frozen", requires=["finetune.head"], tolerates=(*HEAD_MISTAKES, None))
def frozen(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Only the new last layer requires gradients.

    Why it matters: frozen layers cost no gradient memory and keep what they were trained for.
    Usual cause: no loop over the parameters; or the loop behind the replacement, so that the
    new layer is frozen too.
    """
    mine = deeplab.read(student.replies)
    learning = _learning(student, mine)
    new = _new_layer(student, reference, mine)
    allowed = {*mine.under(HEAD), *(mine.under(new) if new else ())}
    rest = [name for name in mine.parameters if name not in allowed]
    outside = [name for name in learning if name in set(rest)]
    want = shown([f"{HEAD}.weight", f"{HEAD}.bias"])
    if outside:
        mistake, got = _unfrozen(mine, outside, rest)
        yield Finding("the parameters with requires_grad", want, got, mistake)
    elif not _frozen_by_values(student, new or HEAD):
        what = "two steps of the grader's, on a network of its own frozen as yours"
        yield Finding(what, "the last layer learns, nothing else", proof.REFUTED)
    lost = [name for name in (mine.under(new) if new else ()) if name not in learning]
    if lost and (new == HEAD or len(lost) == len(mine.under(str(new)))):
        got = f"False for {shown(lost)}"
        yield Finding("the new last layer", "requires_grad=True", got, "head_frozen")


def _learning(student: Evidence, mine: deeplab.DeepLab) -> list[str]:
    """Return what required gradients at the first step of `train`, else in the state left."""
    ran = _loop(student)
    if ran is None or not ran.steps:
        return mine.learning()
    return [name for name in mine.parameters if name in ran.learning]


def _frozen_by_values(student: Evidence, new: str) -> bool:
    """Return whether steps show what is frozen: as it was left, or as `train` leaves it.

    Where the new layer is another than the last, its neighbours in the drawn network learn too.
    """
    allowed = {(), () if new == HEAD else (new.partition(".")[0],)}
    for name in ("layers", "step"):
        with contextlib.suppress(NoAnswer):  # another check says so
            trials = proof.trials(student, name)
            if any(all(trial.frozen(learning) for trial in trials) for learning in allowed):
                return True
    return False


def _new_layer(student: Evidence, reference: Replies, mine: deeplab.DeepLab) -> str | None:
    """Return the place of the layer that is to learn; None if nothing was replaced."""
    if mine.old_head:
        return mine.misplaced
    return deeplab.CLASSIFIER if _replaced(student, reference) else HEAD


def _unfrozen(mine: deeplab.DeepLab, outside: list[str], rest: list[str]) -> tuple[str, str]:
    """Return the mistake and what was found."""
    if len(outside) < len(rest):
        parts = sorted({name.partition(".")[0] for name in outside})
        return "partly_frozen", f"{shown(outside)} (in {', '.join(parts)})"
    if mine.idle:
        return "freeze_without_effect", f"all of them; without effect: {'; '.join(mine.idle)}"
    return "not_frozen", f"all of them, {shown(outside)}"


def mean_ious(student: Evidence) -> list[float]:
    """Return the mean IoU on the held-out flowers, a run each."""
    found = []
    for run in range(RUNS):
        labels = _labels(student, run)
        predictions = student[f"finetune.segment.{run}"].arrays.get("predictions")
        if predictions is None or predictions.shape != labels.shape:
            found.append(0.0)
        else:
            found.append(mean_iou(predictions, labels))
    return found


def background(student: Evidence) -> float:
    """Return the mean IoU of calling everything background."""
    every = [_labels(student, run) for run in range(RUNS)]
    return float(np.mean([mean_iou(np.zeros_like(labels), labels) for labels in every]))


def _labels(student: Evidence, run: int) -> Array:
    return student.replies.requests[f"finetune.segment.{run}"].held_back["labels"]


@check(
    "finetune.mean_iou", requires=["finetune.head", "finetune.frozen"], tolerates=["head_kernel"]
)
def learns(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Fine-tuned by the grader's loop, the student's network tells flowers from background.

    Why it matters: it shows that the pretrained layers are still intact and the head can learn.
    Usual cause: pretrained weights lost, or a head that is not joined to them.
    """
    band, mine = bands.load()["mean_iou"], float(np.mean(mean_ious(student)))
    nothing, wrong = background(student), bands.wrong("mean_iou")
    if mine < band.low:
        yield Finding(
            f"mean IoU on {HELD_OUT} held-out flowers after {STEPS} steps of the grader's own "
            f"training, mean of {RUNS} runs",
            f"at least {band.low:.2f} (the reference: {band.mean:.2f} ± {band.sd:.2f} "
            f"over {band.count} seeds)",
            f"{mine:.2f}; calling everything background would give {nothing:.2f}",
            "below_band",
            credit=float(np.clip((mine - wrong) / (band.low - wrong), 0, 1)),
        )
