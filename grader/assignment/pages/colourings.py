"""What the networks learned, for the page: curves of losses, and held-out pictures side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grader.assignment.checks import finetune, training
from grader.assignment.world.detail import COLOURS, SIZE
from grader.model import Outcome, Replies, Reply
from grader.reports.html import pictures
from grader.reports.html.nouns import Learning, Picture, Sample

Array = np.ndarray[Any, Any]
SHOWN = 4  # pictures of a network
# A hue for each kind of region, its dark and its bright shade: told apart by lightness as well.
PALETTE = np.array(
    [(24, 78, 119), (122, 184, 226), (146, 64, 14), (246, 173, 85), (31, 92, 58), (134, 206, 160)],
    dtype=np.uint8,
)
MASK = np.array([(38, 42, 52), (250, 204, 92)], dtype=np.uint8)  # background, flower
DIGITS = 4  # of losses
if len(PALETTE) != COLOURS:
    raise AssertionError(f"{len(PALETTE)} colours for {COLOURS} classes")


def learning(student: Replies, reference: Replies) -> dict[str, Learning]:
    """Return what was learned, by "cnn", "unet" and "segment"; what did not run is left out."""
    found = {
        "cnn": _network("cnn.learn", training.RUNS, student, reference),
        "unet": _network("unet.learn", training.RUNS, student, reference),
        "segment": _network("finetune.segment", finetune.RUNS, student, reference),
    }
    return {name: what for name, what in found.items() if what is not None}


def _network(prefix: str, runs: int, student: Replies, reference: Replies) -> Learning | None:
    ids = [f"{prefix}.{run}" for run in range(runs)]
    mine = _curves(student, ids)
    if not any(mine):  # so that the reference need not be asked
        return None
    theirs = _curves(reference, ids)
    samples = _masks if prefix.startswith("finetune") else _colourings
    return Learning(mine, theirs, tuple(samples(ids[0], student, reference)))


def _curves(replies: Replies, ids: list[str]) -> tuple[tuple[float | None, ...], ...]:
    return tuple(_curve(replies.peek(id_)) for id_ in ids)


def _curve(reply: Reply) -> tuple[float | None, ...]:
    losses = reply.arrays.get("losses") if reply.outcome is Outcome.OK else None
    if losses is None or losses.ndim != 1 or losses.dtype.kind != "f":
        return ()
    most = max(training.STEPS, finetune.STEPS)
    return tuple(round(float(v), DIGITS) if np.isfinite(v) else None for v in losses[:most])


def _answers(id_: str, student: Replies, reference: Replies) -> tuple[Array, Array, Array] | None:
    """Return labels and both networks' predictions (M, H, W) if they are all there."""
    request = student.requests.get(id_) or reference.requests.get(id_)
    labels = request.held_back.get("labels") if request else None
    mine, theirs = (r.peek(id_).arrays.get("predictions") for r in (student, reference))
    if labels is None or mine is None or theirs is None:
        return None
    if mine.shape != labels.shape or mine.dtype.kind not in "iub" or theirs.shape != labels.shape:
        return None
    return labels, np.clip(mine.astype(np.int64), 0, 255), theirs


def _colourings(id_: str, student: Replies, reference: Replies) -> Iterator[Sample]:
    found = _answers(id_, student, reference)
    if found is None:
        return
    given = _stitched(_held_out(id_, student, reference)[:, 0])
    answers = tuple(_stitched(part) for part in found)
    for values, triple in _first(given, answers):
        yield _sample(pictures.grey(values), triple, PALETTE, _share)


def _masks(id_: str, student: Replies, reference: Replies) -> Iterator[Sample]:
    found = _answers(id_, student, reference)
    if found is None:
        return
    for values, triple in _first(_held_out(id_, student, reference), found):
        yield _sample(pictures.colours(values), triple, MASK, finetune.mean_iou)


def _first(given: Array, answers: tuple[Array, ...]) -> Iterator[tuple[Array, list[Array]]]:
    """Yield the first inputs, each with its labels and both networks' answers."""
    for i in range(min(SHOWN, len(given))):
        yield given[i], [part[i] for part in answers]


def _sample(
    given: Picture, ids: list[Array], palette: Array, figure: Callable[[Array, Array], float]
) -> Sample:
    truth, mine, theirs = ids
    drawn = [pictures.classes(part, palette) for part in ids]
    return Sample(given, drawn[0], drawn[1], drawn[2], figure(mine, truth), figure(theirs, truth))


def _share(mine: Array, truth: Array) -> float:
    return float(np.mean(mine == truth))


def _held_out(id_: str, student: Replies, reference: Replies) -> Array:
    request = student.requests.get(id_) or reference.requests[id_]
    return request.arrays["held_out"]


def _stitched(tiles: Array) -> Array:
    """Put tiles (4N, 16, 16) together to the pictures (N, 32, 32) that they were cut from."""
    across = SIZE // training.TILE
    whole = tiles.reshape(-1, across, across, training.TILE, training.TILE)
    pictures_: Array = whole.swapaxes(2, 3).reshape(-1, SIZE, SIZE)
    return pictures_
