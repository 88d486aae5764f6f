"""`grader check --only cnn` runs the cells that can have to do with CNN, and says what it left."""

import pytest

from grader.scoring import rubric
from grader.student import needed, selection

CELLS = [
    "import torch\nfrom torch import nn",
    "class MyConv2d(nn.Module): pass",
    "class CNN(nn.Module):\n    def __init__(self): self.c = MyConv2d(1, 2, 3)",
    "",  # text
    "def train(args): return CNN() if args.model == 'CNN' else UNet()",
    "cnn = train(args)",
    "class UNet(nn.Module):\n    def __init__(self): self.c = MyConv2d(1, 2, 3)",
    "train(args)",
    "model = torch.hub.load('pytorch/vision', 'deeplabv3_resnet101')",
]


def chosen(*words):
    rules = rubric.load()
    return [name for one in selection.choose(words, rules) for name in one.checks]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["cnn"], {"CNN"}),
        (["unet"], {"UNet"}),
        (["conv2d"], {"MyConv2d"}),
        (["training.unet_accuracy"], {"UNet"}),
        (["cnn", "unet.skip_connections"], {"CNN", "UNet"}),
        (["C1"], None),
        (["handin"], None),
        (["cnn", "handin.cells_run"], None),
        ([], None),
    ],
)
def test_which_classes_the_checks_are_about(words, wanted):
    assert needed.classes(chosen(*words)) == wanted


@pytest.mark.parametrize(("name", "cells"), [("CNN", 5), ("UNet", 7), ("MyConv2d", 7)])
def test_cells_behind_the_last_that_names_a_class_are_left_out(name, cells):
    assert needed.cells(CELLS, [name]) == cells


@pytest.mark.parametrize(
    "late",
    [
        "CNN.forward = better",
        "from networks import *",
        "%run networks.ipynb",
        "  %run networks.py",
        "exec(open('networks.py').read())",
        "class MyConv2d(nn.Conv2d): pass",
        "MyConv2d = nn.Conv2d",
        "MyConv2d.forward = other",
        "class MyConv2d(MyConv2d):\n    pass",
    ],
)
def test_a_late_cell_that_may_change_the_class_runs(late):
    assert needed.cells([*CELLS, late, "last"], ["CNN"]) == len(CELLS) + 1


@pytest.mark.parametrize("late", ["x == MyConv2d", "MyConv2d == y", "import star", "execute(1)"])
def test_a_late_cell_that_only_uses_the_layer_does_not(late):
    assert needed.cells([*CELLS, late], ["CNN"]) == 5


def test_a_class_that_is_nowhere_may_be_anywhere():
    assert needed.cells(["import torch", "x = 1"], ["CNN"]) == 2


def test_nothing_is_left_of_an_empty_notebook():
    assert needed.cells([], ["CNN"]) == 0
