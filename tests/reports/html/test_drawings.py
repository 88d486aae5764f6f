"""Drawings of networks and curves: well-formed, in words too, with every departure marked."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from grader.assignment import curves
from grader.reports.html import charts, diagram
from grader.reports.html.nouns import Block, Layer, Learning, Network
from tests import pages


def tree(markup):
    return ET.fromstring(str(markup))  # noqa: S314 - our own


def texts(markup):
    return [element.text for element in tree(markup).iter("text")]


def test_every_layer_is_drawn_with_its_sign():
    shown = texts(diagram.draw(pages.network()))
    for word in ("MyConv2d", "1 → 32, 3×3", "MaxPool here", "⇄ MaxPool", "≠ nn.Conv2d", "+ Dropout",
                 "− BatchNorm", "cat", "input", "output", "1"):  # fmt: skip
        assert word in shown


def test_the_drawing_is_in_words_too():
    label = tree(diagram.draw(pages.network())).get("aria-label")
    assert "block 1: MyConv2d (1 → 32, 3×3), MaxPool here, ReLU, ⇄ MaxPool." in label
    assert "takes in block 1's output (concatenated); missing: the network's input." in label


def test_the_legend_names_the_signs_that_are_there():
    assert len(diagram.legend(pages.network())) == 5
    plain = Network("CNN", (Block("block 1", 0, (Layer("ReLU"),)),))
    assert diagram.legend(plain) == []


def test_boxes_stay_within_the_drawing_however_many_and_however_long():
    layers = tuple(Layer("a very long operation name " + "x" * 30, "extra") for _ in range(10))
    network = Network(
        "CNN", tuple(Block("block 1", n, layers, skips=(0,) if n else ()) for n in range(12))
    )
    root = tree(diagram.draw(network))
    width, height = map(float, root.get("viewBox").split()[2:])
    for box in root.iter("rect"):
        assert float(box.get("x")) >= 0
        assert float(box.get("x")) + float(box.get("width")) <= width
        assert float(box.get("y")) + float(box.get("height")) <= height


def test_an_operation_may_be_called_whatever_it_likes():
    svg = str(diagram.draw(pages.network(layer="</svg><script>\u202e")))
    assert "<script" not in svg
    assert "\u202e" not in svg
    tree(svg)


def test_the_recorded_curves_fit_the_training():
    from grader.assignment.checks import finetune, training

    steps = {"cnn": training.STEPS, "unet": training.STEPS, "segment": finetune.STEPS}
    for name, count in steps.items():
        band = curves.load()[name]
        assert len(band.low) == len(band.median) == len(band.high) == count
        assert all(a <= b <= c for a, b, c in zip(band.low, band.median, band.high, strict=True))
        assert band.median[-1] < band.median[0]


@pytest.mark.parametrize("band", [None, curves.load()["cnn"]])
def test_a_chart_holds_every_run_and_stays_within_its_frame(band):
    root = tree(charts.loss_chart(pages.learning(), band, "t"))
    lines = [line for line in root.iter("polyline") if "mine" in line.get("class")]
    assert len(lines) == 2
    for line in [*lines, *root.iter("polygon")]:
        for point in line.get("points").split():
            x, y = map(float, point.split(","))
            assert charts.LEFT <= x <= charts.WIDTH
            assert charts.TOP <= y <= charts.HEIGHT


def test_a_loss_that_explodes_is_cut_off_and_one_that_is_not_finite_is_left_out():
    wild = Learning(((1.0, 1e30, None, 2.0),), ())
    root = tree(charts.loss_chart(wild, curves.load()["cnn"], "t"))
    assert len([p for p in root.iter("polyline") if "mine" in p.get("class")]) == 2
    assert charts.said(wild, None) == "The loss does not stay finite."


def test_a_chart_in_words():
    learned = replace(pages.learning(), student=((2.0, 0.5), (2.0, 0.6)))
    assert charts.said(learned, None) == "Loss after 2 steps: 0.50 and 0.60."
    assert "The reference ends between" in charts.said(learned, curves.load()["cnn"])
