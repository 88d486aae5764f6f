"""What is said of a network, and what of an answer that was forged."""

from dataclasses import replace

import numpy as np
import pytest
from torch import nn

import reference
from grader.assignment.checks import networks
from grader.assignment.checks.views import COARSE, View
from grader.judging import catalog
from grader.judging.draws import Draw
from grader.model import Evidence, ExecutedNotebook, Outcome, Replies, Reply, Status, StudentError
from grader.proving import solutions
from grader.scoring import rubric
from reference import MyConv2d

PARTS = {"cnn": "A1", "unet": "B1"}


def with_replies(changes):
    """Return the reference's evidence with some of its replies changed, by id."""
    known = {id_: solutions.reference().peek(id_) for id_ in solutions.requests()}
    changed = {id_: change(known[id_]) for id_, change in changes.items()}
    replies = Replies({**known, **changed}, solutions.requests())
    return Evidence(solutions.ALONE, ExecutedNotebook("none"), replies)


def judged(changes):
    results = catalog.judge(with_replies(changes), solutions.reference())
    assert [r.message for r in results if r.status is Status.BROKEN] == []
    return {result.id: result for result in results}


def told(cls, part="cnn"):
    """Return the findings about a network by check: (what, expected, actual)."""
    name = {"cnn": "CNN", "unet": "UNet"}[part]
    found = {}
    for id_, result in solutions.judge({name: cls}, part).items():
        if id_.startswith(f"{part}."):
            found[id_] = [(f.what, f.expected, f.actual) for f in result.findings]
    return found


# Messages


class Narrow(reference.CNN):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__(kernel, num_filters, num_colours, num_in_channels)
        nf = num_filters
        self.block2 = nn.Sequential(
            MyConv2d(nf, nf, kernel), nn.BatchNorm2d(nf), nn.ReLU(), nn.MaxPool2d(2)
        )
        self.block3[0] = MyConv2d(nf, 2 * nf, kernel)


def test_a_departure_says_where_what_is_drawn_and_what_is_there():
    found = told(Narrow)
    assert found["cnn.blocks"] == [
        ("block 2 of CNN", "64 output channels", "32 output channels"),
        (
            "block 2 of CNN",
            "MyConv2d, MaxPool, BatchNorm, ReLU",
            "MyConv2d, BatchNorm, ReLU, MaxPool",
        ),
    ]
    ((what, _, actual),) = found["cnn.values"]
    assert what == (
        "CNN(kernel=3, num_filters=32, num_colours=24, num_in_channels=1) in train mode, "
        "weights given"
    )
    assert "explained by these together: block 2: 32 output channels; block 2: " in actual


class OneChannel(reference.UNet):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__(kernel, num_filters, num_colours, num_in_channels)
        self.block6 = MyConv2d(num_colours + 1, num_colours, kernel)


def test_a_setting_says_which_call_failed_and_how():
    ((what, expected, actual),) = told(OneChannel, "unet")["unet.settings"]
    assert what == (
        "UNet(kernel=3, num_filters=32, num_colours=24, num_in_channels=3) "
        "on an image of 32×32 pixels"
    )
    assert expected == "a convolution for 27 input channels"
    assert actual.startswith(
        "a convolution for 25 input channels, whatever the argument is: "
        "it raises RuntimeError: 27 channels come in, 25 were a"
    )


class Broken(reference.CNN):
    def forward(self, x):
        raise ValueError("sizes do not match")


def test_an_exception_is_told_in_the_students_words():
    ((what, expected, actual),) = told(Broken)["cnn.builds"]
    assert what == "CNN(kernel=3, num_filters=32, num_colours=24, num_in_channels=1)"
    assert expected == "a class that builds and runs"
    assert actual == "it raises ValueError: sizes do not match"


def test_a_gradient_that_is_cut_off_is_told_by_the_students_own_name():
    class Cut(reference.CNN):
        def forward(self, x):
            return self.block6(super().forward(x).detach())

        def __init__(self, *args):
            super().__init__(*args)
            self.block6, self.head = nn.Identity(), self.block6

    class CutAtTheEnd(Cut):
        def forward(self, x):
            return self.head(reference.CNN.forward(self, x).detach())

    whats = [what for what, _, _ in told(CutAtTheEnd)["cnn.gradients"]]
    assert "the gradient of CNN's block1.0.weight" in whats
    assert "the gradient of CNN's head.weight" not in whats
    assert len(whats) == 20


# Settings


def test_each_setting_departs_from_the_handout_in_one_thing():
    usual = vars(networks.HANDOUT)
    for key, setting in networks.SETTINGS.items():
        others = {name for name, value in vars(setting).items() if value != usual[name]}
        assert others <= {"height", "width"} or len(others) == 1, key


def test_requests_hold_numbers_that_depend_on_the_seed_alone():
    one, same, other = (
        {r.id: r for r in networks.network_requests("UNet", Draw(seed))} for seed in (1, 1, 2)
    )
    assert list(one) == list(other)
    for id_, request in one.items():
        np.testing.assert_array_equal(request.arrays["input"], same[id_].arrays["input"])
        assert not np.array_equal(request.arrays["input"], other[id_].arrays["input"])


def test_the_single_image_is_the_batchs_first():
    asked = {r.id: r for r in networks.network_requests("CNN", Draw(1))}
    single, batch = asked["cnn.single"], asked["cnn.eval"]
    np.testing.assert_array_equal(single.arrays["input"], batch.arrays["input"][:1])
    assert single.params["mode"] == "eval"


# Values


def test_float32_is_judged_more_coarsely():
    view = View(with_replies({}), solutions.reference(), "cnn")
    assert view.gap("eval") is None

    def rounded(reply):
        output = reply.arrays["output"].astype(np.float32).astype(np.float64) * (1 + 1e-5)
        return replace(reply, arrays={**reply.arrays, "output": output})

    view = View(with_replies({"cnn.eval": rounded}), solutions.reference(), "cnn")
    assert view.gap("eval") is not None

    def single(reply):
        return replace(rounded(reply), values={**reply.values, "dtype": "float32"})

    view = View(with_replies({"cnn.eval": single}), solutions.reference(), "cnn")
    assert view.gap("eval") is None
    assert view.tolerance("eval", np.array([-20.0])) == (COARSE["float32"], COARSE["float32"] * 20)


# Answers that were forged


def values(**changes):
    return lambda reply: replace(reply, values={**reply.values, **changes})


def arrays(**changes):
    def change(reply):
        kept = {name: a for name, a in {**reply.arrays, **changes}.items() if a is not None}
        return replace(reply, arrays=kept)

    return change


def raised(**found):
    error = StudentError("RuntimeError", "no")
    return lambda reply: Reply(reply.id, Outcome.RAISED, found, {}, error)


LOOP = {"op": "cat", "inputs": [0, 0], "shape": [1], "parameters": [], "attributes": {}, "by": ""}
MALFORMED = {
    "nothing": values(slots=None, trace=None),
    "slots_no_table": values(slots=[1]),
    "slot_no_table": values(slots={"conv.0.weight": 7}),
    "slot_without_name": values(slots={"conv.0.weight": {"shape": [1]}}),
    "trace_no_list": values(trace={"op": 1}),
    "no_output": arrays(output=None),
    "unstable_numbers": values(unstable=[1]),
    "unstable_no_list": values(unstable="conv.0"),
}
LYING = {
    "trace_of_numbers": values(trace=[1, 2, 3]),
    "trace_with_a_loop": values(trace=[LOOP]),
    "empty_trace": values(trace=[]),
    "slots_of_nowhere": values(slots={"weight": {"shape": ["a"], "name": ""}}),
    "unknown_output": values(output_node="?"),
}
WRONG = {
    "infinite": lambda reply: arrays(output=np.full_like(reply.arrays["output"], np.inf))(reply),
    "not_a_number": lambda reply: arrays(output=reply.arrays["output"] * np.nan)(reply),
    "booleans": lambda reply: arrays(output=reply.arrays["output"] > 0)(reply),
    "transposed": lambda reply: arrays(output=reply.arrays["output"].swapaxes(2, 3))(reply),
    "one_number": arrays(output=np.float64(1.0).reshape(())),
    "no_numbers": arrays(output=np.zeros((0, 24, 32, 32))),
}


def points(results, part):
    scored = rubric.score(results.values(), rubric.load())
    return next(q.points / q.max_points for q in scored.questions if q.id == PARTS[part])


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_answer_earns_nothing_and_breaks_nothing(part, name):
    results = judged({f"{part}.train": MALFORMED[name], f"{part}.eval": MALFORMED[name]})
    assert results[f"{part}.builds"].status is Status.FAILED
    assert points(results, part) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", LYING)
@pytest.mark.parametrize("mode", ["train", "eval"])
def test_a_lie_about_the_operations_breaks_nothing_and_gains_nothing(part, name, mode):
    """Right values with a forged trace may pass; a forged trace never makes them better."""
    judged({f"{part}.{mode}": LYING[name]})
    wrong = WRONG["infinite"]
    results = judged({f"{part}.{mode}": lambda reply: wrong(LYING[name](reply))})
    assert results[f"{part}.values"].status is Status.FAILED


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", WRONG)
def test_wrong_values_of_any_kind_fail(part, name):
    results = judged({f"{part}.{mode}": WRONG[name] for mode in ("train", "eval")})
    failed = {id_ for id_, r in results.items() if r.status is Status.FAILED}
    assert failed & {f"{part}.output_shape", f"{part}.values"}
    assert points(results, part) < 1


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"trace": 3, "parameters": 4},
        {"trace": [1, {"op": []}, {"op": "conv2d"}], "parameters": [1, [], ["w", [1, 2, "3", 4]]]},
        {"parameters": [["w", [8, 8, 3, 3]]]},
    ],
)
def test_settings_that_raised_with_anything_beside_them_are_judged(found):
    ids = [f"unet.setting.{key}" for key in networks.SETTINGS]
    results = judged({id_: raised(**found) for id_ in ids})
    findings = results["unet.settings"].findings
    assert len(findings) == len(networks.SETTINGS)
    kernel = "kernel_hardcoded" if "[8, 8, 3, 3]" in str(found) else "padding_hardcoded"
    assert {f.mistake for f in findings if "kernel=5" in f.what} == {kernel}


@pytest.mark.parametrize("part", PARTS)
def test_missing_answers_are_an_error_and_no_crash(part):
    for key in ("single", "setting.kernel_5", "eval", "train"):
        results = judged({f"{part}.{key}": lambda reply: Reply(reply.id, Outcome.DIED)})
        assert points(results, part) < 1
    silent = judged({f"{part}.single": arrays(output=None)})
    assert silent[f"{part}.deterministic"].status is Status.FAILED


def test_gradients_that_are_missing_or_scaled_are_told():
    name = "grad.conv.2.weight"
    doubled = judged({"cnn.train": lambda r: arrays(**{name: 2 * r.arrays[name]})(r)})
    (finding,) = doubled["cnn.gradients"].findings
    assert finding.what == "the gradient of CNN's block3.0.weight"
    assert finding.mistake is None
    lost = judged({"cnn.train": arrays(**{name: None})})
    (finding,) = lost["cnn.gradients"].findings
    assert (finding.mistake, finding.actual) == ("gradient_cut", "none: it is cut off")


def test_judging_twice_finds_the_same():
    first, second = (judged({"cnn.eval": WRONG["transposed"]}) for _ in range(2))
    assert {i: r.findings for i, r in first.items()} == {i: r.findings for i, r in second.items()}
