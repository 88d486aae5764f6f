"""Do the student's networks learn? Trained by the grader's own loop, judged on held-out pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from grader import bands, catalog
from grader import requests as ask
from grader.catalog import check
from grader.draws import Draw
from grader.model import Evidence, Finding, Replies, Request, Status
from grader.standin.detail import COLOURS, SIZE, make_detail

Array = np.ndarray[Any, Any]

RUNS = 2  # seeds, of which the better counts: one in 80 right networks has a bad one
TILE = 16  # pixels along each side: a quarter of the time, and no less to tell apart
TILES = (SIZE // TILE) ** 2  # in one picture
TRAINING, HELD_OUT = 960, 400  # tiles
BATCH, STEPS, LEARN_RATE = 16, 60, 3e-2  # one pass over the tiles
ARGS = (3, 8, COLOURS, 1)
LITTLE = 0.1  # of the way from the commonest colour to the bar
MYCONV2D = ("conv2d.values", "conv2d.gradients", "conv2d.parameters")  # without which none learns
BUILT = ("settings", "values", "gradients", "registered")  # what explains bad learning anyway


def requests(draw: Draw) -> Iterator[Request]:
    """Yield the training runs of both networks; both see the same images."""
    for run in range(RUNS):
        data = learning_data(draw.generator(f"learn.{run}"))
        for name in ("CNN", "UNet"):
            yield learning_request(name, run, data)


def learning_data(rng: np.random.Generator) -> dict[str, Array]:
    """Return tiles of pictures, the colours of their pixels, and the order of training."""
    pictures, colours = make_detail((TRAINING + HELD_OUT) // TILES, rng)
    return {
        "inputs": _tiles(pictures[:, 0])[:, None],
        "labels": _tiles(colours),
        "order": rng.permutation(TRAINING)[: STEPS * BATCH].reshape(STEPS, BATCH),
    }


def _tiles(pictures: Array) -> Array:
    """Cut pictures (N, 32, 32) into tiles (4N, 16, 16)."""
    cut = pictures.reshape(-1, SIZE // TILE, TILE, SIZE // TILE, TILE).swapaxes(2, 3)
    return np.ascontiguousarray(cut.reshape(-1, TILE, TILE))


def learning_request(name: str, run: int, data: dict[str, Array]) -> Request:
    """Return one training run; the held-out labels are kept back."""
    arrays = {
        "inputs": data["inputs"][:TRAINING],
        "labels": data["labels"][:TRAINING],
        "order": data["order"],
        "held_out": data["inputs"][TRAINING:],
    }
    request = ask.learn(
        f"{name.lower()}.learn.{run}", name, ARGS, arrays, seed=run, learn_rate=LEARN_RATE
    )
    return replace(request, held_back={"labels": data["labels"][TRAINING:]})


def accuracies(student: Evidence, name: str) -> list[float]:
    """Return the share of held-out pixels that the student's network got right, a run each."""
    found = []
    for run in range(RUNS):
        id_ = f"{name.lower()}.learn.{run}"
        labels = student.replies.requests[id_].held_back["labels"]
        predictions = student[id_].arrays.get("predictions")
        if predictions is None or predictions.shape != labels.shape:
            found.append(0.0)
        else:
            found.append(float(np.mean(predictions == labels)))
    return found


def accuracy(student: Evidence, name: str) -> float:
    """Return the better run's share of held-out pixels that were right."""
    return max(accuracies(student, name))


def majority(student: Evidence, name: str) -> float:
    """Return the accuracy of always answering the commonest colour."""
    held_back = [
        student.replies.requests[f"{name.lower()}.learn.{r}"].held_back["labels"]
        for r in range(RUNS)
    ]
    return float(np.mean([np.bincount(labels.ravel()).max() / labels.size for labels in held_back]))


def _judged(student: Evidence, reference: Replies, name: str) -> Iterator[Finding]:
    """Yield what is wrong with the learning; as a note if MyConv2d does not learn."""
    for finding in _accuracy(student, name):
        explained = _is_myconv2d_wrong(student, reference)
        yield replace(finding, mistake=None, credit=0.0, note=True) if explained else finding


def _is_myconv2d_wrong(student: Evidence, reference: Replies) -> bool:
    results = catalog.judge(student, reference, MYCONV2D)
    return any(r.status is Status.FAILED and any(not f.note for f in r.findings) for r in results)


def _accuracy(student: Evidence, name: str) -> Iterator[Finding]:
    band = bands.load()[f"{name.lower()}_accuracy"]
    reached, floor = accuracy(student, name), majority(student, name)
    if any(
        not np.isfinite(student[f"{name.lower()}.learn.{r}"].arrays["losses"]).all()
        for r in range(RUNS)
    ):
        yield Finding(_what(name), "a loss that stays finite", "nan or inf", "diverges")
    elif reached < band.low:
        learned = max(0.0, (reached - floor) / (band.low - floor))
        yield Finding(
            _what(name),
            f"at least {band.low:.1%} of the held-out pixels right "
            f"(the reference: {band.mean:.1%} ± {band.sd:.1%} over {band.count} seeds)",
            f"{reached:.1%}; always the commonest colour would give {floor:.1%}",
            "below_band" if learned > LITTLE else "does_not_learn",
            credit=min(1.0, learned),
        )


def _what(name: str) -> str:
    kernel, filters, colours, channels = ARGS
    return (
        f"{name}({kernel}, {filters}, {colours}, {channels}) after {STEPS} steps of the grader's "
        f"own training, the better of {RUNS} runs"
    )


@check("training.cnn_accuracy", requires=[f"cnn.{name}" for name in BUILT])
def cnn_accuracy(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """CNN learns as well as the reference does.

    Why it matters: a network can have the right form and still not learn.
    Usual cause: weights that start at zero or far too large.
    """
    yield from _judged(student, reference, "CNN")


@check("training.unet_accuracy", requires=[f"unet.{name}" for name in BUILT])
def unet_accuracy(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """UNet learns as well as the reference does.

    Why it matters: skips exist to make pixels sharper, and on these images that is measurable.
    Usual cause: weights that start at zero or far too large.
    """
    yield from _judged(student, reference, "UNet")
