"""The form of replies: what the agent sends fits, and what does not is refused with the reason."""

import json

import numpy as np
import pytest

from grader.assignment import forms
from grader.assignment.agent import place
from grader.assignment.agent.handlers import HANDLERS
from grader.basics.files import Refused
from grader.kernel import replies, requests
from grader.model import Outcome, Reply
from grader.model.assignment import chosen
from grader.proving import solutions

ASKED = solutions.requests()
NETWORK = "cnn.train"


def values(id_=NETWORK, **changes):
    found = json.loads(json.dumps(solutions.reference().peek(id_).values)) | changes
    return {name: value for name, value in found.items() if value is not ...}


def refused(id_=NETWORK, arrays=None, outcome=Outcome.OK, **changes):
    """Return why a changed reply of the reference's is refused."""
    known = dict(solutions.reference().peek(id_).arrays) if arrays is None else arrays
    with pytest.raises(Refused) as why:
        replies.check(ASKED[id_], outcome, values(id_, **changes), known)
    return str(why.value)


def arrays(id_=NETWORK, **changes):
    known = dict(solutions.reference().peek(id_).arrays) | changes
    return {name: array for name, array in known.items() if array is not ...}


def test_every_kind_of_request_has_a_form():
    assert set(chosen().forms()) == set(HANDLERS)


@pytest.mark.parametrize(
    "id_", [i for i, r in ASKED.items() if r.kind not in chosen().staff_answers]
)
def test_what_the_reference_answers_fits_as_it_travels(id_):
    known = solutions.reference().peek(id_)
    assert known.outcome is Outcome.OK
    replies.check(ASKED[id_], known.outcome, values(id_), known.arrays)


def test_a_reason_names_the_place_and_the_value():
    trace = values()["trace"]
    assert refused(slots=...) == "the answer has no 'slots'"
    assert refused(extra=1) == "the answer has 'extra', which is not expected"
    assert refused(input_changed=1) == "input_changed is a number, not a boolean"
    assert refused(output_node=True) == "output_node is a boolean, not a text"
    assert refused(trace=[*trace[:1], {**trace[1], "shape": [3, -1]}]) == (
        "trace[1].shape[1] is -1, not a number from 0 to 1099511627775"
    )
    assert refused(trace=trace * 99) == (
        f"trace holds {99 * len(trace)} values, at most 800 are expected"
    )
    assert refused(parameters=[["a"]]) == "parameters[0] is not a list of 2 values"
    assert refused(slots={"x": {}}) == "a name in slots is a text of another form: 'x'"
    assert refused(dtype="b" * 9) == "dtype is a text of 9 characters, over 8"


def test_arrays_are_those_that_were_asked_for_in_their_shapes():
    zeros, slot = np.zeros, "grad.conv.0.weight"
    assert refused(arrays=arrays(output=...)) == "it holds no array 'output'"
    assert refused(arrays=arrays(again=zeros(3))) == (
        "it holds an array 'again', which is not expected"
    )
    assert refused(arrays=arrays(**{slot: zeros(5)})) == (
        "the array 'grad.conv.0.weight' has shape (5,), not (32, 1, 3, 3)"
    )
    assert refused(arrays=arrays(**{slot: zeros((32, 1, 3, 3), int)})) == (
        "the array 'grad.conv.0.weight' is of type int64"
    )
    assert refused(arrays=arrays(output=zeros((3, 24, 32, 32 * 65)))) == (
        "the array 'output' of shape (3, 24, 32, 2080) is too large to be an answer"
    )
    assert refused("cnn.learn.0", arrays=arrays("cnn.learn.0", losses=zeros(61))) == (
        "the array 'losses' of shape (61,) is too large to be an answer"
    )


def test_a_wrong_network_still_answers():
    wrong = arrays(output=np.zeros((3, 24, 128, 128)))
    replies.check(ASKED[NETWORK], Outcome.OK, values(), wrong)


def test_what_raised_may_leave_values_out_and_brings_no_arrays():
    replies.check(ASKED[NETWORK], Outcome.RAISED, {"dtype": "float64"}, {})
    assert refused(arrays={"output": np.zeros(1)}, outcome=Outcome.RAISED) == (
        "it holds an array 'output', which is not expected"
    )
    assert refused(arrays={}, outcome=Outcome.RAISED, trace=3) == "trace is a number, not a list"


def test_a_reply_that_does_not_fit_is_the_students_error():
    reply = requests.typed(ASKED[NETWORK], Reply(NETWORK, Outcome.OK, values(trace=None)))
    assert reply.outcome is Outcome.REFUSED
    assert str(reply.error) == "Refused: trace is nothing, not a list"
    assert not reply.values


def test_what_the_agent_tells_of_a_step_is_bounded_where_it_enters():
    assert (forms.MOST, forms.CELLS) == (place.MOST, place.CELLS)
