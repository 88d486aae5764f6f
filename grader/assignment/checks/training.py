"""Do the student's networks learn? Trained by the grader's own loop, judged on held-out pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from grader.assignment import asking, bands
from grader.assignment.checks import networks
from grader.assignment.conv2d.verdicts import is_wrong
from grader.assignment.world.detail import COLOURS, SIZE, make_detail
from grader.judging import catalog
from grader.judging.catalog import check
from grader.judging.draws import Draw
from grader.kernel.requests import Ask
from grader.model import Evidence, Finding, Outcome, Replies, Reply, Request, Status

Array = np.ndarray[Any, Any]

NETWORKS = ("CNN", "UNet")
# Of two runs the better counts: one in 80 right networks has a bad one. What the first shows to be
# right needs no second.
RUNS = 2
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
        for name in NETWORKS:
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
    id_ = _id(name, run)
    request = asking.learn(id_, name, ARGS, arrays, seed=run, learn_rate=LEARN_RATE)
    held_back = {"labels": data["labels"][TRAINING:]}
    return replace(request, held_back=held_back, reserve=run > 0)


def _id(name: str, run: int) -> str:
    return f"{name.lower()}.learn.{run}"


calls_for_search = is_wrong  # of nothing else more is asked


def search(put: Ask, replies: Replies) -> Iterator[tuple[Request, Reply]]:
    """Yield how the networks learn with a right MyConv2d, where their own is wrong."""
    if not is_wrong(replies):
        return
    for name in NETWORKS:
        for run in range(RUNS):
            request = replies.requests.get(_id(name, run))
            if request is None:
                break
            again = networks.with_right_layer(request)
            reply = put(again)
            yield again, reply
            if reply.outcome is not Outcome.OK or _share(reply, replies, name, run) >= _bar(name):
                break


def further(replies: Replies) -> Iterator[Request]:
    """Yield the further runs of a network whose first does not reach the bar."""
    for name in NETWORKS:
        first = replies.peek(_id(name, 0))
        if first.outcome is Outcome.OK and _share(first, replies, name, 0) < _bar(name):
            yield from (replies.requests[_id(name, run)] for run in range(1, RUNS))


def accuracy(student: Evidence, name: str) -> float:
    """Return the better run's share of held-out pixels that were right."""
    runs = [student[_id(name, run)] for run in range(RUNS)]
    return max(_share(reply, student.replies, name, run) for run, reply in enumerate(runs))


def reached(student: Evidence, name: str) -> float:
    """Return the accuracy that is judged: the first run's, or the better's if that is too low."""
    runs = _counting(student, name)
    return max(_share(reply, student.replies, name, run) for run, reply in enumerate(runs))


def _counting(student: Evidence, name: str) -> list[Reply]:
    """Return the runs that count: the first alone if it reaches the bar.

    Where the network answers with a right MyConv2d in the place of a wrong one, they are those.
    """
    wanted = networks.repaired_id if _is_repaired(student, name) else str
    first = student[wanted(_id(name, 0))]
    if _share(first, student.replies, name, 0) >= _bar(name):
        return [first]
    return [first, *(student[wanted(_id(name, run))] for run in range(1, RUNS))]


def _is_repaired(student: Evidence, name: str) -> bool:
    asked = (networks.repaired_id(f"{name.lower()}.{mode}") for mode in networks.MODES)
    return all(student.replies.peek(id_).outcome is Outcome.OK for id_ in asked)


def _bar(name: str) -> float:
    return bands.load()[f"{name.lower()}_accuracy"].low


def _share(reply: Reply, replies: Replies, name: str, run: int) -> float:
    labels = replies.requests[_id(name, run)].held_back["labels"]
    predictions = reply.arrays.get("predictions")
    if predictions is None or predictions.shape != labels.shape:
        return 0.0
    return float(np.mean(predictions == labels))


def majority(student: Evidence, name: str) -> float:
    """Return the accuracy of always answering the commonest colour."""
    held_back = [
        student.replies.requests[_id(name, run)].held_back["labels"] for run in range(RUNS)
    ]
    return float(np.mean([np.bincount(labels.ravel()).max() / labels.size for labels in held_back]))


def _judged(student: Evidence, reference: Replies, name: str) -> Iterator[Finding]:
    """Yield what is wrong with the learning; as a note if a wrong MyConv2d explains it."""
    for finding in _accuracy(student, name):
        explained = not _is_repaired(student, name) and _is_myconv2d_wrong(student, reference)
        yield replace(finding, mistake=None, credit=0.0, note=True) if explained else finding


def _is_myconv2d_wrong(student: Evidence, reference: Replies) -> bool:
    results = catalog.judge(student, reference, MYCONV2D)
    return any(r.status is Status.FAILED and any(not f.note for f in r.findings) for r in results)


def _accuracy(student: Evidence, name: str) -> Iterator[Finding]:
    band = bands.load()[f"{name.lower()}_accuracy"]
    share, floor = reached(student, name), majority(student, name)
    if not all(np.isfinite(run.arrays["losses"]).all() for run in _counting(student, name)):
        yield Finding(_what(name), "a loss that stays finite", "nan or inf", "diverges")
    elif share < band.low:
        learned = max(0.0, (share - floor) / (band.low - floor))
        yield Finding(
            _what(name),
            f"at least {band.low:.1%} of the held-out pixels right "
            f"(the reference: {band.mean:.1%} ± {band.sd:.1%} over {band.count} seeds)",
            f"{share:.1%}; always the commonest colour would give {floor:.1%}",
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
