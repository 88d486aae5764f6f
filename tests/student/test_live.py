"""`check(...)` in a live namespace: what it takes, what it says, and that all ways agree."""

import functools
import itertools
import types

import pytest
import torch
from torch import nn

import reference
from grader import check
from grader.assignment import right as solution
from grader.basics.exits import BadInput
from grader.judging import catalog, in_process, oracle, recorded
from grader.judging.draws import PUBLIC_SEED, Draw
from grader.kernel.agent.serve import Agent
from grader.model import Evidence, ExecutedNotebook, Replies, Submission
from grader.student import judging, recording
from grader.student.live import WrongUse, check_in

FAMILIES = ("conv2d", "cnn", "unet", "training")
MyConv2d, CNN, UNet = reference.MyConv2d, reference.CNN, reference.UNet


class SkipsFirst(UNet):
    """Right: the skip stands first in two of the three concatenations."""

    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__(kernel, num_filters, num_colours, num_in_channels)

    def forward(self, x):
        half = self.block1(x)
        quarter = self.block2(half)
        y = self.block4(torch.cat((quarter, self.block3(quarter)), dim=1))
        y = self.block5(torch.cat((y, half), dim=1))
        return self.block6(torch.cat((x, y), dim=1))


class Detached(UNet):
    def forward(self, x):
        half = self.block1(x)
        quarter = self.block2(half)
        y = self.block4(torch.cat((self.block3(quarter), quarter.detach()), dim=1))
        y = self.block5(torch.cat((y, half), dim=1))
        return self.block6(torch.cat((y, x), dim=1))


class PoolLast(CNN):
    def __init__(self, *args):
        super().__init__(*args)
        for block in (self.block1, self.block2):
            _, pool, norm, relu = block
            block[1], block[2], block[3] = norm, relu, pool


class NoBias(MyConv2d):
    def forward(self, x):
        return nn.functional.conv2d(x, self.weight, padding=self.padding)


class Gap(nn.Module):
    def __init__(self, *_):
        raise NotImplementedError("Question B1: UNet is not written yet.")


def called(*what, **names):
    """Check in a namespace of its own."""
    defined = {"MyConv2d": MyConv2d, "CNN": CNN, "UNet": UNet, **names}
    return check_in({k: v for k, v in defined.items() if v is not None}, what, hints=True)


@pytest.fixture(scope="module")
def right():
    """The reference's own replies, as graders have them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solution, "names", _networks)  # Part C is not asked here
        return oracle.answer(catalog.requests(Draw(PUBLIC_SEED), FAMILIES), None)


@pytest.fixture(scope="module")
def replies(tmp_path_factory):
    """The recorded replies, as students have them."""
    place = tmp_path_factory.mktemp("recorded")
    recording.record(place)
    return place


def statuses(results):
    return {r.id: (r.status, sorted(f.mistake or "" for f in r.findings)) for r in results}


def as_graded(names, right):
    """Return the verdicts of `grader grade` with the public seed: everything asked beforehand."""
    asked = dict(right.requests)
    ask = functools.partial(oracle.ask, agent=in_process.agent(names))
    known = {id_: ask(request) for id_, request in asked.items()}
    found = list(catalog.explore(ask, Replies(known, asked)))
    known |= {reply.id: reply for _, reply in found}
    asked |= {request.id: request for request, _ in found}
    evidence = Evidence(Submission("s"), ExecutedNotebook("none"), Replies(known, asked))
    names = [name for name in catalog.catalogue() if name.partition(".")[0] in FAMILIES]
    return catalog.judge(evidence, right, names)


CASES = {
    "right": {},
    "another order": {"UNet": type("UNet", (SkipsFirst,), {})},
    "a skip cut off": {"UNet": type("UNet", (Detached,), {})},
    "pooled last": {"CNN": type("CNN", (PoolLast,), {})},
    "no bias": {"MyConv2d": NoBias},
    "a gap": {"UNet": Gap},
    "nothing": {"UNet": None},
}


@pytest.mark.parametrize("case", CASES)
def test_all_ways_give_the_same_verdicts(case, right, replies, monkeypatch):
    names = {"MyConv2d": MyConv2d, "CNN": CNN, "UNet": UNet, **CASES[case]}
    names = {k: v for k, v in names.items() if v is not None}
    graded = statuses(as_graded(dict(names), right))
    judged = {}
    monkeypatch.setattr(judging, "reference", functools.partial(_recorded, replies))
    report = check_in(names, ("A1", "A1-conv", "B1"), hints=True)
    for line in itertools.chain(*(part.lines for part in report.parts)):
        judged[line.id] = line.status, sorted(f.mistake or "" for f in line.findings)
    assert judged == graded


class _Context:
    def __init__(self, value):
        self.value = value

    def __enter__(self):
        return self.value

    def __exit__(self, *_):
        return None


def _networks(_):
    return _Context({"MyConv2d": MyConv2d, "CNN": CNN, "UNet": UNet})


def _recorded(place, questions):
    return recorded.load(questions.values(), place)


def test_a_class_is_checked_as_it_was_given_whatever_bears_its_name():
    wrong = type("CNN", (PoolLast,), {})
    report = called(wrong)
    assert report.statuses["cnn.blocks"].value == "failed"
    assert [part.id for part in report.parts] == ["A1"]


def test_a_gap_is_named_in_one_line():
    report = called("B1", UNet=Gap)
    assert report.gaps == ("UNet is not written yet",)
    assert "failing" not in repr(report)


def test_a_missing_name_is_named_in_one_line():
    report = called("unet.builds", UNet=None)
    assert report.gaps == ("the notebook defines no UNet: run, or write, the cell that makes it",)


def test_a_forward_without_return_is_called_what_it_is():
    class CNN(nn.Module):
        def __init__(self, kernel, num_filters, num_colours, num_in_channels):
            super().__init__()

        def forward(self, x):
            pass

    report = called(CNN)
    assert report.gaps == ()
    assert "CNN's forward returns nothing" in " ".join(repr(report).split())


def test_a_question_is_asked_only_its_own_requests(monkeypatch):
    asked = []
    answer = Agent.answer

    def noted(self, kind, params, tensors):
        asked.append((kind, params.get("class")))
        return answer(self, kind, params, tensors)

    monkeypatch.setattr(Agent, "answer", noted)
    monkeypatch.setattr(judging, "reference", lambda _: Replies({}, {}))
    called("cnn.builds")
    layer = {("batch", None), ("conv2d", "MyConv2d")}  # which decides what the network is asked
    assert set(asked) == {("network", "CNN"), *layer}
    assert asked.count(("network", "CNN")) <= 3


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ((CNN(3, 4, 5, 1),), "check(CNN(...)): give the class itself: check(CNN)"),
        ((nn.Linear,), "check(Linear): a class is checked under its name in the handout; use"),
        ((3,), "check(int): use check(CNN), check(UNet)"),
        (("B9",), "'B9' names no check"),
        (("A3",), "'A3' is looked at in the saved file: grader check a2-cnn.ipynb --only A3"),
        (("A2",), "A2 (What the pictures of the CNN show) has no public check"),
    ],
)
def test_a_wrong_use_gets_one_line(what, line):
    with pytest.raises(BadInput) as raised:
        called(*what)
    told = raised.value._render_traceback_()
    assert isinstance(raised.value, WrongUse)
    assert len(told) == 1
    assert line in str(raised.value)
    assert "\n" not in told[0]


def test_the_callers_names_are_those_that_are_checked():
    module = types.ModuleType("student")
    module.check, module.nn = check, nn
    source = "class UNet(nn.Module):\n    pass\nreport = check('unet.builds')"
    exec(source, vars(module))  # noqa: S102 - our own text
    assert "UNet(kernel=3, num_filters=32" in repr(module.report)
    assert "it raises" in repr(module.report)


def test_in_a_kernel_that_the_grader_runs_nothing_is_checked(monkeypatch):
    monkeypatch.setenv("COLAB_CONFIG", "{}")
    assert "not checked here" in repr(check("B1"))


def test_the_student_s_network_and_seed_stay(monkeypatch):
    torch.manual_seed(5)
    network = CNN(3, 4, 5, 1)
    before = {k: v.clone() for k, v in network.state_dict().items()}
    state = torch.get_rng_state()
    called("cnn.values", cnn=network)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(v, before[k]) for k, v in network.state_dict().items())
    assert MyConv2d.forward.__qualname__ == "MyConv2d.forward"
