"""The search for the smallest failing call: what it finds, and what it may cost."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import pytest
from torch.nn import functional as F

from grader.assignment.conv2d import properties
from grader.basics import budget, storage
from grader.judging import catalog
from grader.model import Outcome, Reply
from grader.proving import cases
from reference import MyConv2d
from tests.conv_parts import Asked, findings, fixed, judged, told, with_search

HERE = Path(__file__).parents[2]
CASES = {case.name: case for case in cases.load(HERE / "mutants") if case.part == "conv2d"}
ONE = "MyConv2d(in_channels=1, out_channels=1, kernel_size=1, padding=0)"
ANSWERS = "in all 36 calls it answers as a layer that"


def mutant(name):
    return CASES[f"conv2d.{name}"].make


class Doubled(MyConv2d):
    """A mistake that nobody has a name for."""

    def forward(self, x):
        return 2 * super().forward(x)


class Dilated(MyConv2d):
    """One that shows in the shape, for kernels larger than 1."""

    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, padding=self.padding, dilation=2)


MESSAGES = [
    (
        mutant("bias_ignored"),
        f"{ONE} on a 1×1 image, weight 0, bias 0.5, input 0",
        "0.5",
        f"0; {ANSWERS} leaves out the bias",
    ),
    (
        mutant("weight_detached"),
        f"{ONE} on a 1×1 image, weight 0, bias 0, input 0.5",
        "the gradient by the weight: 0.5",
        "none: it is cut off",
    ),
    (
        mutant("padding_ignored"),
        "MyConv2d(in_channels=1, out_channels=1, kernel_size=1, padding=1) on a 1×1 image",
        "shape (1, 1, 3, 3)",
        f"shape (1, 1, 1, 1); {ANSWERS} never pads, whatever `padding` is",
    ),
    (
        mutant("padding_always_same"),
        "MyConv2d(in_channels=1, out_channels=1, kernel_size=3, padding=0) on a 3×3 image",
        "shape (1, 1, 1, 1)",
        f"shape (1, 1, 3, 3); {ANSWERS} takes padding=0 for None",
    ),
    (
        mutant("stride_two"),
        "MyConv2d(in_channels=1, out_channels=1, kernel_size=1, padding=1) on a 1×1 image",
        "shape (1, 1, 3, 3)",
        f"shape (1, 1, 2, 2); {ANSWERS} moves by two pixels at a time (stride 2)",
    ),
    (
        mutant("one_image_only"),
        f"{ONE} on 2 images of 1×1",
        "shape (2, 1, 1, 1)",
        f"shape (1, 1, 1, 1); {ANSWERS} works only for batches of 1",
    ),
    (
        mutant("input_overwritten"),
        f"{ONE} on a 1×1 image, weight 0, bias 0, input -0.5",
        "its input as it was, -0.5",
        "its input overwritten: 0",
    ),
    (
        Dilated,
        "MyConv2d(in_channels=1, out_channels=1, kernel_size=3) on a 1×1 image",
        "shape (1, 1, 1, 1)",
        (
            "it raises RuntimeError: the image has 3 x 3 pixels left, padding included, and a "
            "kernel of 5 x 5 does not fit into it (Calculated padded input size per channel: "
            "(3 x 3). Kernel size: (5 x 5). Kernel size can't be greater than actual input size)"
        ),
    ),
]


@pytest.mark.parametrize(
    ("cls", "what", "expected", "actual"), MESSAGES, ids=[row[0].__name__ for row in MESSAGES]
)
def test_the_smallest_failing_call_is_told(cls, what, expected, actual):
    assert (what, expected, actual) == told(cls)[0][1:]


def test_a_flipped_kernel_is_told_by_one_number():
    ((mistake, what, expected, actual),) = told(mutant("kernel_flipped"))
    call = "MyConv2d(in_channels=1, out_channels=1, kernel_size=3) on a 1×2 image, weight "
    assert what.startswith(call)  # of the nine, either neighbour of the middle one will do
    assert what.count("0.5") == 2
    got, _, explained = actual.partition("; ")
    assert {expected, got} <= {"[0, 0]", "[0, 0.25]", "[0.25, 0]"}
    assert explained == f"{ANSWERS} flips the kernel (a true convolution)"
    assert mistake == "kernel_flipped"


def test_a_mistake_without_a_name_is_told_by_what_differs():
    value, gradient = told(Doubled)
    assert value == (None, f"{ONE} on a 1×1 image, weight 0, bias 0.5, input 0", "0.5", "1")
    assert gradient[0] is None
    assert gradient[2:] == ("the gradient by the bias: 1", "2")


@pytest.mark.parametrize("name", ["input_overwritten", "weight_axes_swapped"])
def test_two_searches_find_the_same_whatever_else_was_drawn(name):
    assert told(mutant(name), seed=1) == told(mutant(name), seed=2)

    def found():
        ask = Asked(mutant(name))
        asked = [request for request, _ in properties.search(ask, fixed(ask))]
        return [(r.id, r.params, {k: a.tolist() for k, a in r.arrays.items()}) for r in asked], len(
            ask.requests
        )

    assert found() == found()


def test_a_right_class_is_asked_once():
    ask = Asked(MyConv2d)
    replies = with_search(ask, fixed(ask))
    assert [request.kind for request in ask.requests] == ["batch"]
    assert len(ask.requests[0].params["requests"]) == 37
    assert not findings(replies)


def test_a_search_in_a_child_finds_the_same():
    ask = Asked(Doubled)
    known = fixed(ask)
    found = [
        [(request.id, storage.to_json(reply.values), reply.arrays["output"].tolist())
         for request, reply in catalog.explore(ask, known, ["conv2d"], limit)]
        for limit in (None, budget.SEARCHING)
    ]  # fmt: skip
    assert len(found[0]) == 2
    assert found[0] == found[1]


def test_no_more_questions_than_allowed():
    ask = Asked(mutant("kernel_flipped+weight_detached"))
    replies = fixed(ask)
    ask.requests.clear()
    found = list(properties.search(ask, replies, properties.Limits(questions=4)))
    assert len(ask.requests) == 4
    assert [request.id for request, _ in found] == ["conv2d.smallest.values.kernel_flipped"]


class Clock:
    """A time that passes only while a question is answered: so many seconds each."""

    def __init__(self, ask, seconds):
        self.ask, self.seconds, self.now = ask, seconds, 0.0

    def monotonic(self):
        return self.now

    def __call__(self, request):
        self.now += self.seconds
        return self.ask(request)


def test_a_slow_class_ends_the_search(monkeypatch):
    replies = fixed(Asked(mutant("weight_detached")))
    ask = Asked(mutant("weight_detached"))
    clock = Clock(ask, 8.0)
    monkeypatch.setattr(properties, "time", SimpleNamespace(monotonic=clock.monotonic))
    found = list(properties.search(clock, replies, properties.Limits(seconds=20)))
    assert len(ask.requests) == 3  # the last begins in time, and ends after 24 seconds
    assert len(found) == 1  # the smallest so far


def test_a_class_that_hangs_is_left_alone():
    ask = Asked(mutant("kernel_flipped"))
    replies = fixed(ask)
    ask.requests.clear()

    def hangs_the_third_time(request):
        reply = ask(request)
        return reply if len(ask.requests) < 3 else Reply(request.id, Outcome.TIMED_OUT)

    replies = with_search(hangs_the_third_time, replies)
    assert len(ask.requests) == 3
    assert [f.mistake for f in findings(replies)] == ["kernel_flipped"]


@pytest.mark.parametrize("outcome", [Outcome.TIMED_OUT, Outcome.DIED, Outcome.REFUSED])
def test_nothing_is_searched_where_nothing_was_answered(outcome):
    def never(request):
        return Reply(request.id, outcome)

    replies = fixed(never)
    assert not list(properties.search(never, replies))
    results = judged(replies)
    assert results["conv2d.runs"].status.value == "error"
    assert {r.status.value for r in results.values()} == {"error", "skipped"}


def test_nothing_is_left_in_the_working_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    told(mutant("bias_ignored"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["bias_ignored+kernel_flipped", "casts_to_float32"])
def test_judging_again_needs_no_kernel(name, tmp_path):
    ask = Asked(mutant(name))
    replies = with_search(ask, fixed(ask))
    storage.save_replies(tmp_path, replies)
    ask.requests.clear()
    drawn = {id_: r for id_, r in replies.requests.items() if not r.found}
    again = storage.load_replies(tmp_path, drawn)
    assert list(again.requests) == list(replies.requests)
    assert len(again.requests) > len(drawn)
    assert [plain(r) for r in judged(again).values()] == [
        plain(r) for r in judged(replies).values()
    ]
    assert not ask.requests


def plain(result):
    return dataclasses.replace(result, seconds=0.0)
