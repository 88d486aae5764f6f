"""What is called "not written yet", and what is not."""

import pytest

from grader.assignment import gaps
from grader.judging import syntax
from grader.model import CellRun, Finding, LeftOut, Outcome, StudentError
from grader.student import history

EMPTY = """class UNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super(UNet, self).__init__()
        padding = kernel // 2
        ############### YOUR CODE GOES HERE ###############
        # self.conv = MyConv2d(...)
    def forward(self, x):
        # return self.conv(x)
"""
WRITTEN = EMPTY.replace("# self.conv", "self.conv").replace("# return", "return")
SELECTION = """def train(args, model):
    learned_parameters = []
    # We only learn the last layer: loop over model.named_parameters()
    optimizer = torch.optim.Adam(learned_parameters, lr=args.learn_rate)
"""
TEMPLATE = "it raises NotImplementedError at `raise NotImplementedError(` in cell 9: Question B1"


def found(*mistakes, actual="got that"):
    return [Finding("what", "expected", actual, mistake) for mistake in mistakes]


@pytest.mark.parametrize(
    ("question", "findings", "sources"),
    [
        ("B1", found("raises", actual=TEMPLATE), [WRITTEN]),
        ("B1", found("returns_nothing", actual="UNet's forward returns nothing"), [EMPTY]),
        ("B1", found("missing"), [EMPTY]),
        ("B1", found("missing"), []),
        ("C1", found("selects_nothing"), [SELECTION]),
        ("C1", found("selects_nothing"), []),
        ("C2", found("head_not_replaced", "not_frozen"), ["# requires_grad = False", SELECTION]),
    ],
)
def test_a_gap(question, findings, sources):
    assert gaps.gap(question, findings, sources)


@pytest.mark.parametrize(
    ("question", "findings", "sources"),
    [
        ("B1", [], [EMPTY]),
        ("B1", found("returns_nothing", actual="UNet's forward returns nothing"), [WRITTEN]),
        ("B1", found("missing"), [EMPTY, WRITTEN]),
        ("B1", found("raises", actual="it raises NotImplementedError: Module [U]"), [WRITTEN]),
        ("C1", found("selects_nothing"),
         [SELECTION.replace("[]", "[p for n, p in model.named_parameters() if n == 'x']")]),
        ("C2", found("head_not_replaced", "not_frozen"), ["model.clasifier[4] = nn.Conv2d()",
                                                          "model.requires_grad = False"]),
        ("C2", found("head_not_replaced", "not_frozen"), ["model.classifier = DeepLabHead()"]),
        ("handin", found("missing"), []),
    ],
)  # fmt: skip
def test_no_gap(question, findings, sources):
    assert gaps.gap(question, findings, sources) == ""


def test_the_cells_of_a_live_notebook():
    cells = history.sources({"In": ["", "x = 1", "%time y = 2", "class CNN:\n    def f(self:\n"]})
    assert cells[0] == "x = 1"
    (broken,) = history.broken(cells)
    assert str(broken).startswith("cell [3] `class CNN:` is not Python: line 2 `def f(self:`")
    assert history.sources({}) == history.sources({"In": 7}) == []


def test_only_the_last_cell_that_defines_a_network_counts():
    cells = ["class CNN:\n    def f(self:\n", "class CNN(nn.Module):\n    pass\n"]
    assert not list(history.broken(cells))
    assert list(history.broken(cells[::-1]))


def test_a_cell_that_is_no_python_is_told_with_its_line():
    error = StudentError("SyntaxError", "'(' was never closed (3795989607.py, line 2)")
    run = CellRun(0, Outcome.RAISED, error=error, left_out=(LeftOut(2, error),))
    text = history.notebook(["import math\nx = (1\n"])
    (broken,) = syntax.broken([run], text)
    assert broken.said == "line 2 `x = (1`: '(' was never closed"
    other = CellRun(0, Outcome.RAISED, error=StudentError("NameError", "x"))
    assert not list(syntax.broken([other], text))
