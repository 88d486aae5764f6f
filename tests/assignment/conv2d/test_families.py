"""The family of convolutions: right where torch is right, and no two members alike."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from grader.assignment.conv2d import calls, families
from grader.assignment.conv2d.families import (
    MISTAKES,
    RIGHT,
    Plan,
    answer,
    explain,
    gap,
    gives,
    gradients,
)
from grader.judging.draws import Draw
from grader.model import Outcome, Reply, StudentError
from reference import MyConv2d
from tests.conv_parts import Asked

REQUESTS = [r for r in calls.fixed_requests(Draw(3)) if calls.is_call(r.id)]
RAISED = StudentError("RuntimeError", "no")
SINGLE = [*(p for p in MISTAKES if not p.overwrites), Plan(batch=1), Plan(batch=100)]


def reply_of(plan, asked):
    """Return the reply of a class that is written as `plan` says."""
    found = answer(plan, asked)
    if found is None:
        return Reply(asked.id, Outcome.RAISED, error=RAISED)
    arrays = {"output": found.output}
    if found.again is not None:
        arrays["again"] = found.again
    return Reply(asked.id, Outcome.OK, {}, arrays)


def exchanges(plan):
    return [(asked, reply_of(plan, asked)) for asked in REQUESTS]


def ids(plan):
    return {families.mistake(departure)[0] for departure in plan.departures()}


def both(one, other):
    """Return a plan with the mistakes of two, or None where they exclude each other."""
    changed = {k: v for k, v in vars(other).items() if v != getattr(RIGHT, k)}
    free = all(getattr(one, name) == getattr(RIGHT, name) for name in changed)
    return replace(one, **changed) if free else None


PAIRS = [plan for pair in itertools.combinations(SINGLE, 2) if (plan := both(*pair)) is not None]


@pytest.mark.parametrize("asked", REQUESTS, ids=lambda r: r.id)
def test_the_right_plan_is_torchs_convolution(asked):
    reply = Asked(MyConv2d)(asked)
    right, slopes = answer(RIGHT, asked), gradients(RIGHT, asked)
    assert gap(reply.arrays["output"], right.output) is None
    assert (right.again is None) == ("again" not in reply.arrays)
    for role, slope in slopes.items():
        assert gap(reply.arrays[f"grad.{role}"].ravel(), slope.ravel()) is None, role


@pytest.mark.parametrize("plan", SINGLE, ids=repr)
def test_each_mistake_is_recognised(plan):
    assert explain(exchanges(plan)) == plan
    assert len(ids(plan)) == 1


def test_pairs_of_mistakes_are_recognised():
    plans = [plan for plan in PAIRS if plan.batch != 100]  # one call is too few to see two
    assert len(plans) > 50
    for plan in plans:
        assert ids(explain(exchanges(plan))) == ids(plan), plan


def test_right_answers_are_right():
    assert explain(exchanges(RIGHT)) == RIGHT
    assert not list(RIGHT.departures())


def test_another_function_is_no_member():
    halved = [
        (asked, replace(reply, arrays={k: a / 2 for k, a in reply.arrays.items()}))
        for asked, reply in exchanges(RIGHT)
    ]
    assert explain(halved) is None


def test_an_overwritten_input_explains_the_output():
    def overwritten(asked):
        after = np.maximum(asked.arrays["input"], 0)
        given = replace(asked, arrays={**asked.arrays, "input": after})
        reply = reply_of(RIGHT, given)
        return replace(reply, arrays={**reply.arrays, "input_after": after})

    assert explain([(asked, overwritten(asked)) for asked in REQUESTS]) == Plan(overwrites=True)


def test_gradients_come_back_in_the_order_in_which_the_weight_is_stored():
    asked = REQUESTS[0]
    swapped, flipped = Plan(axes="stored"), Plan(flipped=True)
    for plan in (RIGHT, swapped, flipped, Plan(axes="stored", flipped=True)):
        slope = gradients(plan, asked)["weight"]
        for position in (0, 7, 23):
            step = np.zeros(slope.size)
            step[position] = 1e-6
            assert slope[position] == pytest.approx(
                (total(plan, asked, step) - total(plan, asked, -step)) / 2e-6, rel=1e-6
            )


def total(plan, asked, step):
    """Return the sum of output times cotangent after a step of the weight."""
    moved = {**asked.arrays, "weight": asked.arrays["weight"] + step}
    output = answer(plan, replace(asked, arrays=moved)).output
    return float((output * np.resize(asked.arrays["cotangent"], output.shape)).sum())


def test_the_bias_that_is_ignored_has_no_gradient():
    assert not gradients(Plan(bias=False), REQUESTS[0])["bias"].any()
    assert gradients(RIGHT, REQUESTS[0])["bias"].all()


def test_a_kernel_larger_than_the_image_gives_nothing():
    call = calls.Call(1, 1, 3, 0, 1, 2, 2)
    arrays = {"input": np.ones((1, 1, 2, 2)), "weight": np.ones(9), "bias": np.ones(1)}
    asked = calls.request("conv2d.call.x", call, arrays)
    assert answer(RIGHT, asked) is None
    assert gradients(RIGHT, asked) is None


def test_a_failure_is_not_a_right_answer():
    assert not gives(RIGHT, REQUESTS[0], Reply("r", Outcome.RAISED, error=RAISED))
    assert not gives(RIGHT, REQUESTS[0], Reply("r", Outcome.OK))
