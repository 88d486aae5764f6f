"""What is kept of a figure that falls between doing nothing and the band."""

import numpy as np
import pytest

from grader.assignment import bands
from grader.assignment.checks import finetune, training
from grader.judging.catalog import catalogue
from grader.model import CheckResult, Evidence, ExecutedNotebook, Outcome, Replies, Reply, Status
from grader.proving import solutions
from grader.scoring import rubric

TASKS = {
    "cnn": (training.cnn_accuracy, "cnn.learn", "cnn_accuracy", "predictions"),
    "unet": (training.unet_accuracy, "unet.learn", "unet_accuracy", "predictions"),
}


def guesses(labels, share, rng):
    """Return the labels with all but this share of the pixels one colour too high."""
    wrong = np.ones(labels.size, dtype=bool)
    wrong[: round(share * labels.size)] = False
    return (labels + rng.permuted(wrong).reshape(labels.shape)).astype(labels.dtype)


def evidence(prefix, predict, **arrays):
    """Return the reference's answers, with other predictions in the runs called `prefix`."""
    answers = {}
    for id_, request in solutions.requests().items():
        reply = solutions.reference().peek(id_)
        if id_.startswith(f"{prefix}."):
            predictions = predict(request.held_back["labels"])
            changed = {**reply.arrays, "predictions": predictions, **arrays}
            reply = Reply(id_, Outcome.OK, reply.values, changed)
        answers[id_] = reply
    known = Replies(answers, solutions.requests())
    return Evidence(solutions.ALONE, ExecutedNotebook("none"), known)


def with_accuracy(part, share):
    rng = np.random.default_rng(0)
    check, prefix, *_ = TASKS[part]
    found = evidence(prefix, lambda labels: guesses(labels, share, rng))
    return list(check(found, solutions.reference()))


@pytest.mark.parametrize("part", TASKS)
def test_the_band_itself_earns_everything(part):
    low = bands.load()[f"{part}_accuracy"].low
    assert with_accuracy(part, low + 1e-3) == []
    assert with_accuracy(part, 1.0) == []
    (found,) = with_accuracy(part, low - 1e-3)
    assert found.mistake == "below_band"
    assert found.credit == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("part", TASKS)
@pytest.mark.parametrize("way", [0.25, 0.5, 0.75])
def test_credit_grows_evenly_from_the_commonest_colour_to_the_band(part, way):
    low = bands.load()[f"{part}_accuracy"].low
    floor = training.majority(evidence("none", None), {"cnn": "CNN", "unet": "UNet"}[part])
    (found,) = with_accuracy(part, floor + way * (low - floor))
    assert found.credit == pytest.approx(way, abs=1e-3)
    assert found.mistake == "below_band"


@pytest.mark.parametrize("part", TASKS)
def test_no_better_than_the_commonest_colour_earns_nothing(part):
    for share in (0.0, 0.1):
        (found,) = with_accuracy(part, share)
        assert found.credit == 0
        assert found.mistake == "does_not_learn"


def test_the_report_shows_the_figure_the_band_and_the_commonest_colour():
    (found,) = with_accuracy("cnn", 0.3)
    band = bands.load()["cnn_accuracy"]
    floor = training.majority(evidence("none", None), "CNN")
    assert found.actual == f"30.0%; always the commonest colour would give {floor:.1%}"
    assert found.expected == (
        f"at least {band.low:.1%} of the held-out pixels right "
        f"(the reference: {band.mean:.1%} ± {band.sd:.1%} over {band.count} seeds)"
    )


def test_a_loss_that_is_no_number_is_told_as_such():
    found = evidence("cnn.learn", lambda labels: labels, losses=np.array([1.0, np.nan]))
    (finding,) = training.cnn_accuracy(found, solutions.reference())
    assert (finding.mistake, finding.credit) == ("diverges", 0.0)


def test_predictions_of_another_shape_count_as_wrong():
    found = evidence("unet.learn", lambda labels: labels[:, :-1])
    (finding,) = training.unet_accuracy(found, solutions.reference())
    assert finding.credit == 0
    found = evidence("finetune.segment", lambda labels: labels[:-1])
    assert finetune.mean_ious(found) == [0.0, 0.0]


def segmenting(predict):
    found = evidence("finetune.segment", predict)
    return found, list(finetune.learns(found, solutions.reference()))


def test_right_masks_earn_everything_and_background_nothing():
    assert segmenting(lambda labels: labels)[1] == []
    found, (finding,) = segmenting(np.zeros_like)
    nothing = finetune.background(found)
    assert 0.3 < nothing < 0.5
    assert finding.credit == 0
    assert finding.actual == (
        f"{nothing:.2f}; calling everything background would give {nothing:.2f}"
    )


def test_credit_grows_evenly_from_what_is_wrong_to_the_band():
    """The flowers of some pictures are found, so that the score lies between the two."""

    def some(labels):
        found = labels.copy()
        found[len(found) // 8 :] = 0
        return found

    found, (finding,) = segmenting(some)
    mine, low = np.mean(finetune.mean_ious(found)), bands.load()["mean_iou"].low
    wrong = bands.wrong("mean_iou")
    assert finetune.background(found) < wrong < mine < low
    assert finding.credit == pytest.approx((mine - wrong) / (low - wrong))
    assert finding.mistake == "below_band"


@pytest.mark.parametrize(
    ("predictions", "labels", "score"),
    [
        ([0, 0, 1, 1], [0, 0, 1, 1], 1.0),
        ([0, 0, 0, 0], [0, 0, 0, 0], 1.0),
        ([1, 1, 1, 1], [0, 0, 0, 0], 0.0),
        ([0, 1, 1, 1], [0, 0, 1, 1], (1 / 2 + 2 / 3) / 2),
        ([0, 0, 0, 2], [0, 0, 0, 1], (1 + 0) / 2),
    ],
)
def test_mean_iou_of_few_pixels(predictions, labels, score):
    assert finetune.mean_iou(np.array(predictions), np.array(labels)) == pytest.approx(score)


@pytest.mark.parametrize(
    ("check", "question"),
    [
        ("training.cnn_accuracy", "A1"),
        ("training.unet_accuracy", "B1"),
        ("finetune.mean_iou", "C2"),
    ],
)
def test_the_credit_reaches_the_points(check, question):
    (finding,) = with_accuracy("cnn", 0.3)
    results = {name: CheckResult(name, Status.PASSED) for name in catalogue()}
    results[check] = CheckResult(check, Status.FAILED, (finding,))
    shipped = rubric.load()
    (asked,) = (q for q in shipped.questions if q.id == question)
    (grade,) = (q for q in rubric.score(results.values(), shipped).questions if q.id == question)
    lost = asked.checks[check] * (1 - finding.credit)
    assert grade.points == pytest.approx(asked.automatic * (1 - lost), abs=1e-5)
