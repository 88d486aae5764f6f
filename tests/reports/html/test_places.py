"""Cells are found by what they define."""

import json

import pytest

from grader.model import Finding, Status
from grader.reports.html import cells, places
from tests import pages


def found(*sources):
    whole = [{"cell_type": "code", "source": source, "outputs": []} for source in sources]
    return places.find(cells.read(json.dumps({"cells": whole}))[0])


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("class MyConv2d(nn.Module):\n  pass", "MyConv2d"),
        ("x = 1\nclass CNN(nn.Module):", "CNN"),
        ("if True:\n    class UNet:", "UNet"),
        ("def train(args, model):", "train"),
        ("    learned_parameters = []", "selection"),
        ("model.classifier[4] = nn.Conv2d(256, 2, 1)", "head"),
        ("model.classifier = DeepLabHead(2048, 2)", "head"),
        ("net.classifier[-1]=nn.Conv2d(256, 2, 1)", "head"),
        ("p.requires_grad = False", "freezing"),
        ("model.requires_grad_(False)", "freezing"),
        ("model = torch.hub.load('x', 'deeplabv3_resnet101')", "deeplab"),
    ],
)
def test_what_is_sought_is_found(source, name):
    assert found("print(1)", source)[name] == 1


@pytest.mark.parametrize(
    "source",
    ["# class CNN(nn.Module)", "classes = CNN", "# model.classifier[4] = 1",
     "x == model.classifier[4]",
     "#  learned_parameters", "if p.requires_grad == 1:", "class CNNs: pass"],
)  # fmt: skip
def test_what_only_looks_like_it_is_not(source):
    assert found(source) == {}


def test_the_last_definition_counts():
    assert found("def train(args, cnn=None):", "class CNN:", "def train(args, model):") == {
        "train": 2,
        "CNN": 1,
    }


def test_a_finding_stands_where_it_says_else_where_its_check_belongs():
    at = {"CNN": 3, "train": 7, "counts": 5}
    check = pages.check("cnn.blocks", Status.FAILED)
    assert places.cell_of(check, Finding("w", "e", "a", where="block 1"), at) == 3
    assert places.cell_of(check, Finding("w", "e", "a", where="cell 12"), at) == 11
    assert places.cell_of(pages.check("finetune.selection"), None, at) == 7
    assert places.cell_of(pages.check("finetune.head"), None, at) is None
    counts = pages.check("counts.weights")
    assert places.cell_of(counts, Finding("the weights (A3)", "e", "a"), at) == 5
    assert places.cell_of(counts, Finding("the weights (A3, a2-writeup.pdf)", "e", "a"), at) is None
