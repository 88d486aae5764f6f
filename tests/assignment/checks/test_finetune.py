"""Part C: what the report says, and what of an answer that was forged."""

import pytest

from grader.assignment.checks import deeplab, finetune, finetune_loop, handover
from grader.assignment.checks.deeplab import shown
from grader.judging import catalog
from grader.model import (
    Evidence,
    ExecutedNotebook,
    Replies,
    Reply,
    Request,
    Status,
)
from grader.proving import solutions
from grader.scoring import rubric


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
    for check in (finetune.head, finetune.frozen, finetune_loop.selection, finetune_loop.loop):
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
    found = finetune._shape_of("model.classifier[4]", (3, 128, 1, 1), (2, 256, 1, 1))
    assert [(f.mistake, f.what, f.expected, f.actual) for f in found] == [
        ("head_channels", "the output channels of model.classifier[4]", "2", "3"),
        ("head_in_channels", "the input channels of model.classifier[4]", "256", "128"),
    ]


def test_a_layer_that_its_scores_refute_is_not_believed():
    head = {"layers": 5, "type": "Conv2d", "is_conv": True, "shape": [3, 128, 1, 1]}
    (found,) = findings(finetune.head, state(head=head))
    assert found.actual.endswith("could not be proved")


@pytest.mark.parametrize("head", [None, {"layers": 0}, {"layers": 4}])
def test_a_classifier_without_a_fifth_layer_was_replaced(head):
    full = {"type": "NoneType", "is_conv": False, "shape": []}
    found = findings(finetune.head, state(head=head and full | head))
    assert [f.mistake for f in found] == ["classifier_replaced"]


def test_a_layer_at_another_place_is_named():
    head = {"layers": 6, "type": "Conv2d", "is_conv": True, "shape": [21, 256, 1, 1]}
    parameters = [*rows(), ["extra.out.weight", [2, 8, 3, 3], True, 1.0]]
    (found,) = findings(finetune.head, state(head=head, parameters=parameters))
    assert (found.mistake, found.where) == ("head_wrong_index", "extra.out")
    assert found.actual == "21 channels: the layer that was there; extra.out has 2"


@pytest.mark.parametrize("shape", [[2, 256], [2], [4, 256, 1, 1]])
def test_only_a_convolution_to_two_channels_is_a_misplaced_layer(shape):
    head = {"layers": 5, "type": "Conv2d", "is_conv": True, "shape": [21, 256, 1, 1]}
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
    (found,) = findings(finetune_loop.selection, changes)
    assert found.mistake == "selects_names"
    assert found.actual == (
        "2 of type str; the optimizer raises TypeError: one of the params is str"
    )


def test_a_loop_that_raises_before_any_optimizer_is_quoted():
    changes = train(groups=[], given=[], raised={"name": "NameError", "message": "no data"})
    (found,) = findings(finetune_loop.selection, changes)
    assert (found.mistake, found.actual) == (
        "raises",
        "no optimizer: it raises NameError: no data",
    )


def test_without_a_fifth_layer_the_selection_says_why():
    parameters = [row for row in rows() if not row[0].startswith("classifier.4")]
    changes = state(parameters=parameters) | train(groups=[], given=[])
    (found,) = findings(finetune_loop.selection, changes)
    assert found.mistake == "classifier_replaced"
    assert found.actual == "none: the network has no classifier.4"


def test_tensors_outside_the_network_beside_the_right_ones_are_no_mistake():
    names = ("classifier.4.weight", "classifier.4.bias", "")
    groups = [[{"name": n, "shape": [1], "kind": "Parameter"} for n in names]]
    assert findings(finetune_loop.selection, train(groups=groups)) == []


def test_the_loop_is_told_by_what_it_lacks():
    step = {"requires_grad": [], "gradients": []}
    (found,) = findings(finetune_loop.loop, train(backwards=7))
    assert found.actual == "7 backward passes and no step"
    (found,) = findings(finetune_loop.loop, train(raised={"name": "E", "message": "m"}))
    assert found.actual == "it raises E: m"
    (found,) = findings(finetune_loop.loop, train(steps=[step], losses=["l1_loss", "mse_loss"]))
    assert (found.expected, found.actual) == ("cross-entropy", "l1_loss, mse_loss")


def test_a_loss_of_the_students_own_is_not_blamed():
    step = {"requires_grad": [], "gradients": []}
    assert findings(finetune_loop.loop, train(steps=[step], losses=[])) == []
    assert (
        findings(finetune_loop.loop, train(steps=[step], losses=["mse_loss", "cross_entropy"]))
        == []
    )


def test_buffers_that_move_are_a_note():
    (found,) = findings(finetune_loop.only_head_moves, train(moved_buffers=["a", "b"]))
    assert found.note
    assert found.actual == "2 buffers moved"


def test_a_handover_says_what_it_holds():
    tensors = [
        {"name": "b", "shape": [2], "kind": "Parameter"},
        {"name": "a", "shape": [1], "kind": "Parameter"},
        {"name": "", "shape": [3, 4], "kind": "Tensor"},
    ]
    found = handover.read(with_values(train(groups=[tensors[:1], tensors[1:]])).replies).handed
    assert found == handover.Handover(
        frozenset("ab"), ("a tensor of shape (3, 4) outside the network",), parameters=False
    )
    assert str(found) == "3: a, b, a tensor of shape (3, 4) outside the network"
    assert handover.read(with_values(train(groups=[])).replies).handed is None


FORGED = [
    state(parameters=None),
    state(parameters=[["a"]]),
    state(parameters=[[1, 2, 3, 4]]),
    state(parameters=[["a", [1], True, "much"]]),
    state(parameters=[["a", ["wide"], True, 1.0]]),
    state(head=7),
    state(head={"layers": 5}),
    state(head={"layers": "five", "type": "", "is_conv": 1, "shape": []}),
    state(head={"layers": 5, "type": "", "is_conv": 1, "shape": {"a": 1}}),
    state(idle=3),
    train(steps=3),
    train(steps=[3]),
    train(steps=[{"requires_grad": [7]}]),
    train(groups=[[{"name": 3}]]),
    train(groups=[[{"name": ["a"], "shape": [], "kind": ""}]]),
    train(groups={"a": 1}),
    train(given=[[]]),
    train(given=[{"count": None, "kinds": []}]),
    train(losses=[[]]),
    train(moved=7),
    train(moved=[None]),
    train(moved_buffers=True),
    train(raised="yes"),
    train(backwards=[]),
]


@pytest.mark.parametrize("forged", FORGED)
def test_an_answer_in_another_form_is_an_error_of_the_students(forged):
    results = {r.id: r for r in catalog.judge(with_values(forged), solutions.reference())}
    mine = {id_: r.status for id_, r in results.items() if id_.startswith("finetune.")}
    assert Status.BROKEN not in mine.values()
    assert Status.ERROR in mine.values()
    (finding,) = next(r for r in results.values() if r.status is Status.ERROR).findings
    assert "Refused: the answer to finetune." in finding.actual
    scored = rubric.score(results.values(), rubric.load())
    assert scored.points < scored.max_points - 0.1


@pytest.mark.parametrize("shape", [[2, 256], [2], [], [2, 256, 1, 1, 1]])
def test_a_convolution_whose_weight_is_none_is_another_layer(shape):
    head = {"layers": 5, "type": "Conv2d", "is_conv": True, "shape": shape}
    (found,) = findings(finetune.head, state(head=head))
    assert (found.mistake, found.actual) == ("head_type", "Conv2d")


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], "none"),
        (["a"], "1: a"),
        (list("abc"), "3: a, b, c"),
        (list("abcd"), "4: a, b, c, ..."),
        (["a" * 999], "1: " + "a" * 80),
    ],
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
        "finetune.layers",
        "finetune.step",
        "finetune.segment.0",
        "finetune.segment.1",
    ]
    first, second = (solutions.requests()[id_] for id_ in mine[4:])
    assert isinstance(first, Request)
    assert (first.arrays["inputs"] != second.arrays["inputs"]).any()
    assert first.params["seed"] != second.params["seed"]


MEMORY = {
    "name": "RuntimeError",
    "message": "DefaultCPUAllocator: can't allocate memory: you tried to allocate 1078984704 bytes",
}
NO_STEP = {"steps": [], "groups": [], "given": [], "moved": [], "backwards": 0}


@pytest.mark.parametrize(
    ("line", "noted"),
    [
        ("outputs = model(images)", ["stopped_by_the_world"]),
        ('raise RuntimeError("can\'t allocate memory")', []),
    ],
)
def test_a_loop_that_says_the_world_stopped_it_is_judged_by_what_is_there(line, noted):
    """Such a cause can be forged: nothing is withheld, nothing given, and a person is told."""
    answer = NO_STEP | {"raised": {**MEMORY, "line": line}}
    evidence = with_values({"finetune.train": answer})
    (result,) = catalog.judge(evidence, solutions.reference(), ["finetune.selection"])
    assert result.status is Status.FAILED
    assert [f.mistake for f in result.findings if f.note] == noted
    assert [f.mistake for f in result.findings if not f.note] == ["raises"]
    for note in (f for f in result.findings if f.note):
        assert note.actual.startswith("the memory that a notebook is given here: RuntimeError: ")


def test_a_selection_is_paid_for_where_the_world_stopped_the_loop_behind_it():
    answer = {"steps": [], "moved": [], "raised": {**MEMORY, "line": "model(images)"}}
    evidence = with_values({"finetune.train": answer})
    results = {r.id: r for r in catalog.judge(evidence, solutions.reference())}
    assert results["finetune.selection"].status is Status.PASSED
    assert results["finetune.loop"].status is Status.FAILED


def test_a_loop_that_took_a_step_is_judged_whatever_came_later():
    evidence = with_values({"finetune.train": {"raised": {**MEMORY, "line": "model(images)"}}})
    results = catalog.judge(evidence, solutions.reference(), ["finetune.loop"])
    assert {result.status for result in results} == {Status.PASSED}
