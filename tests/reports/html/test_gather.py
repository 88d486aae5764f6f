"""What is read out of the evidence of a network: the drawing, the curves, the pictures."""

import base64
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from torch import nn

from grader.assignment.checks import training
from grader.assignment.pages import blocks, colourings
from grader.model import Evidence, ExecutedNotebook, Outcome, Replies
from grader.proving import solutions
from grader.reports.html import gather
from reference import MyConv2d
from tests import pages
from tests.network_parts import Net, UNetParts


class PoolsLate(Net):
    def down(self, width):
        return [self.norm(width), nn.ReLU(), nn.MaxPool2d(2)]


class NoBatchNorm(Net):
    def same(self, width):
        return [nn.ReLU()]


class Narrow(Net):
    def widths(self, nf, nc):
        return nf, nf, 2 * nf, nf, nc


class OneMore(Net):
    def __init__(self, *args):
        super().__init__(*args)
        width = self.widths(args[1], args[2])[2]
        self.more = nn.Sequential(MyConv2d(width, width, args[0]), *self.same(width))
        self.block3 = nn.Sequential(self.block3, self.more)


class OneLess(Net):
    def __init__(self, *args):
        super().__init__(*args)
        self.block3 = nn.Identity()


class Plain(Net):
    def conv(self, number, ins, outs):
        return nn.Conv2d(ins, outs, self.kernel, padding=self.kernel // 2)


class NoInputSkip(UNetParts):
    def takes(self, main, skip):
        return main if skip < 4 else main + skip

    def join(self, number, main, skip):
        return main if number == 6 else super().join(number, main, skip)


class Added(UNetParts):
    def takes(self, main, skip):
        return main

    def join(self, number, main, skip):
        return main + skip if number == 5 else main


def drawn(cls):
    name = {"cnn": "CNN", "unet": "UNet"}[cls.part]
    with solutions.answering({name: cls}, cls.part) as replies:
        evidence = Evidence(solutions.ALONE, ExecutedNotebook("none"), replies)
        return blocks.networks(evidence, solutions.reference())[cls.part]


def marks(block):
    return [(layer.name, layer.mark) for layer in block.layers]


@pytest.mark.parametrize("cls", [Net, UNetParts])
def test_the_diagram_is_drawn_as_it_is(cls):
    network = drawn(cls)
    assert [b.label for b in network.blocks] == [
        *(f"block {n}" for n in range(1, 6)),
        "the last convolution",
    ]
    assert {layer.mark for block in network.blocks for layer in block.layers} == {""}
    assert network.departures == ()
    assert network.proved is True
    skips = [(b.skips, b.joined) for b in network.blocks if b.joined]
    assert skips == ([] if cls is Net else [((1,), "cat"), ((0,), "cat"), ((-1,), "cat")])
    assert marks(network.blocks[0]) == [
        ("MyConv2d", ""),
        ("MaxPool", ""),
        ("BatchNorm", ""),
        ("ReLU", ""),
    ]
    assert network.blocks[0].layers[0].detail == "1 → 32, 3×3"


def test_a_layer_that_stands_elsewhere_is_shown_at_both_places():
    network = drawn(PoolsLate)
    assert marks(network.blocks[0]) == [
        ("MyConv2d", ""), ("MaxPool", "place"), ("BatchNorm", ""), ("ReLU", ""),
        ("MaxPool", "moved"),
    ]  # fmt: skip
    assert network.blocks[0].departures == (1,)
    assert network.blocks[2].departures == ()
    assert [d.mistake for d in network.departures] == ["pool_after_relu"] * 2


def test_a_layer_that_is_missing_leaves_a_gap():
    network = drawn(NoBatchNorm)
    assert marks(network.blocks[2]) == [("MyConv2d", ""), ("BatchNorm", "missing"), ("ReLU", "")]


def test_other_numbers_are_marked():
    network = drawn(Narrow)
    assert [b.layers[0].mark for b in network.blocks] == ["", "changed", "changed", "", "", ""]
    assert network.blocks[1].layers[0].detail == "32 → 32, 3×3"


def test_a_block_too_many_has_a_row_of_its_own():
    network = drawn(OneMore)
    assert [b.label for b in network.blocks].count("an extra block") == 1
    extra = next(b for b in network.blocks if b.label == "an extra block")
    assert set(marks(extra)) == {("MyConv2d", "extra"), ("BatchNorm", "extra"), ("ReLU", "extra")}
    assert extra.departures == (1,)


def test_a_block_too_few_leaves_a_row():
    network = drawn(OneLess)
    (lost,) = [b for b in network.blocks if {layer.mark for layer in b.layers} == {"missing"}]
    assert len(network.blocks) == 6
    assert lost.departures


def test_a_convolution_of_torch_is_named():
    network = drawn(Plain)
    assert {b.layers[0].name for b in network.blocks} == {"nn.Conv2d"}
    assert {b.layers[0].mark for b in network.blocks} == {"changed"}
    assert {d.mistake for d in network.departures} == {"nn_conv2d_used"}


def test_a_skip_that_is_missing_and_one_that_is_added():
    last = drawn(NoInputSkip).blocks[5]
    assert (last.skips, last.wanted, last.joined) == ((), (-1,), "")
    rows = drawn(Added).blocks
    assert [(b.skips, b.wanted, b.joined) for b in rows[3:]] == [
        ((), (1,), ""), ((0,), (), "add"), ((), (-1,), ""),
    ]  # fmt: skip


def changed(id_, **arrays):
    """Return the reference's own replies with other arrays in one of them."""
    known = {i: solutions.reference().peek(i) for i in solutions.requests()}
    known[id_] = replace(known[id_], arrays={**known[id_].arrays, **arrays})
    return Replies(known, solutions.requests())


def image(picture):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(picture.data))).convert("RGB"))


def test_tiles_become_pictures_again():
    request = solutions.requests()["cnn.learn.0"]
    labels = request.held_back["labels"]
    shown = colourings.learning(changed("cnn.learn.0", predictions=labels), solutions.reference())[
        "cnn"
    ]
    sample = shown.samples[0]
    assert (sample.truth.width, sample.truth.height) == (32, 32)
    assert sample.student == sample.truth
    assert sample.student_figure == 1
    assert 0 < sample.reference_figure < 1
    tiles = labels[:4]
    whole = np.block([[tiles[0], tiles[1]], [tiles[2], tiles[3]]])
    assert (image(sample.truth) == colourings.PALETTE[whole]).all()
    grey = image(sample.given)[:, :, 0]
    assert (grey[:16, :16] == np.rint(request.arrays["held_out"][0, 0] * 255)).all()


def test_curves_are_those_of_the_replies():
    learned = colourings.learning(solutions.reference(), solutions.reference())
    assert sorted(learned) == ["cnn", "segment", "unet"]
    losses = solutions.reference()["unet.learn.1"].arrays["losses"]
    assert learned["unet"].student[1] == tuple(round(float(v), 4) for v in losses)
    assert learned["segment"].samples[0].given.width == 64
    assert learned["segment"].student == learned["segment"].reference


@pytest.mark.parametrize(
    "arrays",
    [
        {"predictions": np.zeros((3, 3))},
        {"predictions": np.full((400, 16, 16), np.nan)},
        {"predictions": np.full((400, 16, 16), 2**60)},
        {"losses": np.array([[1.0]])},
        {"losses": np.array([np.nan, np.inf, -np.inf])},
        {"losses": np.arange(3)},
        {"losses": np.zeros(10_000)},
    ],
)
def test_forged_answers_cost_their_picture_and_nothing_else(arrays):
    shown = colourings.learning(changed("cnn.learn.0", **arrays), solutions.reference())
    assert len(shown["cnn"].student) == training.RUNS
    assert all(len(curve) <= 60 for curve in shown["cnn"].student)
    assert len(shown["cnn"].samples) in (0, colourings.SHOWN)
    assert shown["unet"].samples


def test_a_network_that_did_not_run_leaves_nothing():
    known = {
        i: replace(solutions.reference().peek(i), outcome=Outcome.RAISED, arrays={}, values={})
        for i in solutions.requests()
    }
    evidence = Evidence(
        solutions.ALONE, ExecutedNotebook("none"), Replies(known, solutions.requests())
    )
    found = gather.parts(evidence, solutions.reference(), pages.notebook())
    assert (found.networks, found.learning) == ({}, {})
    assert found.places["CNN"] == 1
    assert gather.parts(evidence, solutions.reference(), "").cells == ()
