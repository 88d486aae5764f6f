"""Part C: what a mistake costs, and what the report says of it."""

import pytest

from grader import rubric, solutions
from grader.catalog import catalogue
from grader.checks import deeplab, finetune, handover
from grader.checks.deeplab import shown
from grader.model import (
    CheckResult,
    Evidence,
    ExecutedNotebook,
    Finding,
    Outcome,
    Replies,
    Reply,
    Request,
    Status,
)

# What a mistake takes of the automatic points of its question.
SELECTION = {
    "selects_everything": 0.6,
    "selects_whole_classifier": 0.6,
    "selects_weight_only": 0.4,
    "selects_bias_only": 0.4,
    "selects_aux_head": 0.4,
    "selects_nothing": 1.0,
    "selects_names": 1.0,
    "selects_old_layer": 1.0,
    "selects_other_layer": 1.0,
    "missing": 1.0,
    "raises": 1.0,
}
FREEZING = dict.fromkeys(
    ("not_frozen", "partly_frozen", "head_frozen", "freeze_without_effect"), 0.5
)
HEAD = {
    "head_not_replaced": 0.5,
    "head_wrong_index": 0.5,
    "classifier_replaced": 0.5,
    "head_channels": 0.3,
    "head_kernel": 0.3,
    "head_in_channels": 0.3,
    "head_type": 0.3,
    "missing": 1.0,
}
PRICES = [
    *(("finetune.selection", mistake, price) for mistake, price in SELECTION.items()),
    *(("finetune.frozen", mistake, price) for mistake, price in FREEZING.items()),
    *(("finetune.head", mistake, price) for mistake, price in HEAD.items()),
    ("finetune.loop", "loop_changed", 0.3),
    ("finetune.only_head_moves", "frozen_parameter_moved", 0.5),
    ("finetune.mean_iou", "below_band", 0.25),
]


def verdicts(*failed):
    """Return the verdict of every check where these, with their mistakes, did not pass."""
    found = {check: CheckResult(check, Status.PASSED) for check in catalogue()}
    for check, mistake in failed:
        found[check] = CheckResult(check, Status.FAILED, (Finding("", "", "", mistake),))
    for check, entry in catalogue().items():
        if any(found[needed].status is not Status.PASSED for needed in entry.requires):
            found[check] = CheckResult(check, Status.SKIPPED)
    return found.values()


def lost(results):
    scored = rubric.score(results, rubric.load())
    return {q.id: 1 - q.points / q.max_points for q in scored.questions if q.points < q.max_points}


@pytest.mark.parametrize(("check", "mistake", "price"), PRICES)
def test_a_mistake_costs_its_price_and_nothing_else(check, mistake, price):
    question = "C1" if check == "finetune.selection" else "C2"
    assert lost(verdicts((check, mistake))) == {question: pytest.approx(price)}


def test_selection_and_freezing_are_paid_for_in_their_own_questions():
    both = verdicts(("finetune.selection", "selects_everything"), ("finetune.frozen", "not_frozen"))
    assert lost(both) == {"C1": pytest.approx(0.6), "C2": pytest.approx(0.5)}


def test_nothing_replaced_and_nothing_frozen_leaves_nothing():
    both = verdicts(("finetune.head", "head_not_replaced"), ("finetune.frozen", "not_frozen"))
    assert lost(both) == {"C2": pytest.approx(1)}


def with_values(changes):
    replies = {}
    for id_ in solutions.requests():
        reply = solutions.reference().peek(id_)
        values = {**reply.values, **changes.get(id_, {})}
        replies[id_] = Reply(id_, reply.outcome, values, reply.arrays)
    known = Replies(replies, solutions.requests())
    return Evidence(solutions.ALONE, ExecutedNotebook("none"), known)


def findings(check, changes):
    return list(check(with_values(changes), solutions.reference()))


def rows(learns=(), **norms):
    """Return the reference's parameters, those that begin with `learns` learning."""
    parameters = solutions.reference()["finetune.state"].values["parameters"]
    return [[n, s, n.startswith(learns), norms.get(n, norm)] for n, s, _, norm in parameters]


def state(**values):
    return {"finetune.state": values}


def train(**values):
    return {"finetune.train": {"steps": [], **values}}


def test_the_reference_has_nothing_to_be_told():
    for check in (finetune.head, finetune.frozen, finetune.selection, finetune.loop):
        assert findings(check, {}) == []


def test_the_report_names_what_learns_and_where():
    learning = rows(("classifier.4", "backbone.stem"))
    (found,) = findings(finetune.frozen, state(parameters=learning) | train())
    assert found.mistake == "partly_frozen"
    assert found.expected == "2: classifier.4.weight, classifier.4.bias"
    assert found.actual == (
        "3: backbone.stem.0.weight, backbone.stem.1.weight, backbone.stem.1.bias (in backbone)"
    )


def test_the_report_quotes_what_has_no_effect():
    changes = state(parameters=rows(""), idle=["eval()"]) | train()
    (found,) = findings(finetune.frozen, changes)
    assert found.mistake == "freeze_without_effect"
    assert found.actual == "all of them; without effect: eval()"


def test_what_learns_at_the_first_step_counts_more_than_what_was_left():
    steps = [{"requires_grad": ["classifier.4.weight", "classifier.4.bias"], "gradients": []}]
    changes = state(parameters=rows("")) | train(steps=steps)
    assert findings(finetune.frozen, changes) == []


def test_both_parts_of_a_wrong_layer_are_told():
    head = {"layers": 5, "type": "Conv2d", "is_conv": True, "shape": [3, 128, 1, 1], "bias": True}
    found = findings(finetune.head, state(head=head))
    assert [(f.mistake, f.what, f.expected, f.actual) for f in found] == [
        ("head_channels", "the output channels of model.classifier[4]", "2", "3"),
        ("head_in_channels", "the input channels of model.classifier[4]", "256", "128"),
    ]


@pytest.mark.parametrize("head", [None, {"layers": 0}, {"layers": 4}])
def test_a_classifier_without_a_fifth_layer_was_replaced(head):
    full = {"type": "NoneType", "is_conv": False, "shape": [], "bias": False}
    found = findings(finetune.head, state(head=head and full | head))
    assert [f.mistake for f in found] == ["classifier_replaced"]


def test_a_layer_at_another_place_is_named():
    head = {"layers": 6, "type": "Conv2d", "is_conv": True, "shape": [21, 256, 1, 1], "bias": True}
    parameters = [*rows(), ["extra.out.weight", [2, 8, 3, 3], True, 1.0]]
    (found,) = findings(finetune.head, state(head=head, parameters=parameters))
    assert (found.mistake, found.where) == ("head_wrong_index", "extra.out")
    assert found.actual == "21 channels: the layer that was there; extra.out has 2"


@pytest.mark.parametrize("shape", [[2, 256], [2], [4, 256, 1, 1]])
def test_only_a_convolution_to_two_channels_is_a_misplaced_layer(shape):
    head = {"layers": 5, "type": "Conv2d", "is_conv": True, "shape": [21, 256, 1, 1], "bias": True}
    parameters = [*rows(), ["extra.weight", shape, True, 1.0]]
    (found,) = findings(finetune.head, state(head=head, parameters=parameters))
    assert found.mistake == "head_not_replaced"


def test_a_trained_classifier_is_not_taken_for_another_one():
    """Where the optimizer was given the classifier, or all has moved, values prove nothing."""
    moved = {"classifier.0.convs.0.0.weight": 1.0}
    given = [[{"name": "classifier.0.convs.0.0.weight", "shape": [1], "kind": "Parameter"}]]
    assert findings(finetune.head, state(parameters=rows(**moved)) | train(groups=given)) == []
    everything = dict.fromkeys((n for n, *_ in rows()), 1.0)
    assert findings(finetune.head, state(parameters=rows(**everything))) == []
    assert [f.mistake for f in findings(finetune.head, state(parameters=rows(**moved)))] == [
        "classifier_replaced"
    ]


def test_an_optimizer_that_refuses_is_quoted():
    changes = train(
        groups=[],
        given=[{"class": "Adam", "count": 2, "kinds": ["str"]}],
        raised={"name": "TypeError", "message": "one of the params is str"},
    )
    (found,) = findings(finetune.selection, changes)
    assert found.mistake == "selects_names"
    assert found.actual == (
        "2 of type str; the optimizer raises TypeError: one of the params is str"
    )


def test_a_loop_that_raises_before_any_optimizer_is_quoted():
    changes = train(groups=[], given=[], raised={"name": "NameError", "message": "no data"})
    (found,) = findings(finetune.selection, changes)
    assert (found.mistake, found.actual) == (
        "raises",
        "no optimizer: it raises NameError: no data",
    )


def test_without_a_fifth_layer_the_selection_says_why():
    parameters = [row for row in rows() if not row[0].startswith("classifier.4")]
    changes = state(parameters=parameters) | train(groups=[], given=[])
    (found,) = findings(finetune.selection, changes)
    assert found.mistake == "classifier_replaced"
    assert found.actual == "none: the network has no classifier.4"


def test_tensors_outside_the_network_beside_the_right_ones_are_no_mistake():
    names = ("classifier.4.weight", "classifier.4.bias", "")
    groups = [[{"name": n, "shape": [1], "kind": "Parameter"} for n in names]]
    assert findings(finetune.selection, train(groups=groups)) == []


def test_the_loop_is_told_by_what_it_lacks():
    step = {"requires_grad": [], "gradients": []}
    (found,) = findings(finetune.loop, train(backwards=7))
    assert found.actual == "7 backward passes and no step"
    (found,) = findings(finetune.loop, train(raised={"name": "E", "message": "m"}))
    assert found.actual == "it raises E: m"
    (found,) = findings(finetune.loop, train(steps=[step], losses=["l1_loss", "mse_loss"]))
    assert (found.expected, found.actual) == ("cross-entropy", "l1_loss, mse_loss")


def test_a_loss_of_the_students_own_is_not_blamed():
    step = {"requires_grad": [], "gradients": []}
    assert findings(finetune.loop, train(steps=[step], losses=[])) == []
    assert findings(finetune.loop, train(steps=[step], losses=["mse_loss", "cross_entropy"])) == []


def test_buffers_that_move_are_a_note():
    (found,) = findings(finetune.only_head_moves, train(moved_buffers=["a", "b"]))
    assert found.note
    assert found.actual == "2 buffers moved"


def test_a_handover_says_what_it_holds():
    tensors = [
        {"name": "b", "shape": [2], "kind": "Parameter"},
        {"name": "a", "shape": [1], "kind": "Parameter"},
        {"name": "", "shape": [3, 4], "kind": "Tensor"},
    ]
    reply = Reply("finetune.train", Outcome.OK, {"groups": [tensors[:1], tensors[1:]]})
    found = handover.read(reply)
    assert found == handover.Handover(
        frozenset("ab"), ("a tensor of shape (3, 4) outside the network",), parameters=False
    )
    assert str(found) == "3: a, b, a tensor of shape (3, 4) outside the network"
    assert handover.read(Reply("finetune.train", Outcome.OK, {})) is None


@pytest.mark.parametrize(
    ("names", "text"),
    [([], "none"), (["a"], "1: a"), (list("abc"), "3: a, b, c"), (list("abcd"), "4: a, b, c, ...")],
)
def test_names_are_shown_by_the_first_three(names, text):
    assert shown(names) == text


@pytest.mark.parametrize(
    ("mine", "theirs", "same"),
    [
        (((2, 3), 1.0), ((2, 3), 1.0), True),
        (((2, 3), 1.0), ((2, 3), 1.0 + 1e-12), True),
        (((2, 3), 1.0), ((2, 3), 1.001), False),
        (((2, 3), 1.0), ((3, 2), 1.0), False),
        (((2, 3), None), ((2, 3), None), False),
        (((2, 3), 1.0), None, False),
    ],
)
def test_a_parameter_is_the_same_by_shape_and_norm(mine, theirs, same):
    other = theirs and deeplab.Parameter(theirs[0], True, theirs[1])
    assert deeplab.Parameter(mine[0], False, mine[1]).same(other) is same


def test_every_question_about_part_c_is_asked_once():
    ids = [request.id for request in solutions.requests().values()]
    mine = [id_ for id_ in ids if id_.startswith("finetune.")]
    assert mine == [
        "finetune.state",
        "finetune.train",
        "finetune.segment.0",
        "finetune.segment.1",
    ]
    first, second = (solutions.requests()[id_] for id_ in mine[2:])
    assert isinstance(first, Request)
    assert (first.arrays["inputs"] != second.arrays["inputs"]).any()
    assert first.params["seed"] != second.params["seed"]
