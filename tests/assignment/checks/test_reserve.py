"""A second training run is asked for only where the first does not reach the bar."""

from dataclasses import replace

import numpy as np
import pytest

from grader.assignment import bands
from grader.assignment.checks import training
from grader.judging import catalog
from grader.judging.draws import Draw
from grader.model import Evidence, ExecutedNotebook, Outcome, Replies, Reply
from grader.proving import solutions


def answers(share, outcome=Outcome.OK):
    """Return the reference's replies, the first runs with this share of the pixels right."""
    known = {}
    for id_, request in solutions.requests().items():
        reply = solutions.reference().peek(id_)
        if id_.endswith(".learn.0"):
            labels = request.held_back["labels"]
            wrong = np.arange(labels.size).reshape(labels.shape) >= share * labels.size
            predictions = labels + wrong
            reply = replace(
                reply, outcome=outcome, arrays={**reply.arrays, "predictions": predictions}
            )
        if not request.reserve:
            known[id_] = reply
    return Replies(known, solutions.requests())


def asked_further(replies):
    """Return the ids that are put after the others, and all replies then."""
    ids = [request.id for request in catalog.further(replies)]
    known = {id_: replies.peek(id_) for id_ in replies}
    known |= {id_: solutions.reference().peek(id_) for id_ in ids}
    return ids, Replies(known, replies.requests)


def verdict(replies, check=training.cnn_accuracy):
    evidence = Evidence(solutions.ALONE, ExecutedNotebook("none"), replies)
    return list(check(evidence, solutions.reference()))


def bar():
    return bands.load()["cnn_accuracy"].low


def test_what_is_drawn_holds_each_run_and_marks_the_later_ones():
    drawn = {request.id: request.reserve for request in training.requests(Draw(5))}
    assert drawn == {
        "cnn.learn.0": False,
        "unet.learn.0": False,
        "cnn.learn.1": True,
        "unet.learn.1": True,
    }


def test_a_run_at_the_bar_needs_no_second():
    ids, replies = asked_further(answers(share=max(b.low for b in bands.load().values()) + 0.01))
    assert ids == []
    assert verdict(replies) == verdict(replies, training.unet_accuracy) == []


def test_a_run_below_the_bar_is_made_good_by_the_second():
    ids, replies = asked_further(answers(bar() - 0.01))
    assert ids == ["cnn.learn.1", "unet.learn.1"]
    assert verdict(replies) == []


def test_two_runs_below_the_bar_fail_with_the_better():
    _, replies = asked_further(answers(bar() - 0.05))
    worse = replies.peek("cnn.learn.1")
    labels = replies.requests["cnn.learn.1"].held_back["labels"]
    known = {id_: replies.peek(id_) for id_ in replies}
    known["cnn.learn.1"] = replace(worse, arrays={**worse.arrays, "predictions": labels + 1})
    (finding,) = verdict(Replies(known, replies.requests))
    assert finding.actual.startswith(f"{bar() - 0.05:.1%};")


@pytest.mark.parametrize("outcome", [Outcome.RAISED, Outcome.TIMED_OUT, Outcome.MISSING])
def test_a_run_that_came_to_nothing_is_not_made_twice(outcome):
    replies = answers(1.0, outcome)
    assert asked_further(replies)[0] == []


def test_a_forged_first_answer_earns_no_more_than_before():
    """Whoever answers nonsense first is asked again and judged by the better of both."""
    replies = answers(0.0)
    first = replies.peek("cnn.learn.0")
    known = {id_: replies.peek(id_) for id_ in replies}
    known["cnn.learn.0"] = Reply(
        first.id, Outcome.OK, first.values, {"losses": first.arrays["losses"]}
    )
    ids, _ = asked_further(Replies(known, replies.requests))
    assert "cnn.learn.1" in ids
