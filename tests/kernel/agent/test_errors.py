"""Which line of a traceback a student is shown."""

import linecache

import torch

from grader.kernel.agent.errors import describe

NOTEBOOK = """
import torch
from torch import nn

class MyConv2d(nn.Module):
    def __init__(self, ins):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(4, ins, 1, 1))
    def forward(self, x):
        return torch.conv2d(x, self.weight)

class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = nn.Sequential(MyConv2d(8), nn.ReLU())
    def forward(self, x):
        return self.join(x)
    def join(self, x):
        return self.block(x)

class Own(MyConv2d):
    pass
"""


def line_of(call, source=NOTEBOOK, file="<ipython-input-7>"):
    """Return the line that is told of what `call` raises behind a cell."""
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names = {}
    exec(compile(source, file, "exec"), names)  # noqa: S102 - the cell above
    try:
        call(names)
    except Exception as error:  # noqa: BLE001 - any of them
        return describe(error, "MyConv2d")["line"]
    raise AssertionError("nothing was raised")


X = torch.zeros(1, 4, 2, 2)


def test_it_is_the_last_line_of_the_student_s_own_class():
    assert line_of(lambda names: names["UNet"]()(X)) == "return self.block(x)"


def test_a_layer_that_is_asked_about_itself_shows_its_own_line():
    line = "return torch.conv2d(x, self.weight)"
    assert line_of(lambda names: names["MyConv2d"](8)(X)) == line
    assert line_of(lambda names: names["Own"](8)(X)) == line


def test_a_line_of_ours_is_never_told():
    assert line_of(lambda names: torch.cat([])) == ""


def test_objects_that_lie_about_their_class_do_no_harm():
    source = (
        "class Liar:\n    @property\n    def __class__(self):\n        raise OSError\n"
        "    def forward(self, x):\n        return x + None\n"
    )
    assert line_of(lambda names: names["Liar"]().forward(1), source) == "return x + None"
