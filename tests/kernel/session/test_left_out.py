"""A line that is left out hides nothing: what stands around it runs, and is judged as ever."""

import numpy as np
import pytest

from grader.kernel import causes
from grader.model import Outcome
from tests.cells import CONV
from tests.kernel.session.kernels import running
from tests.kernel.session.test_last_use import FINETUNING, NET, NETWORKS, STATE, TRAIN

pytestmark = pytest.mark.usefixtures("warm")

# Lines that fail, or end a cell, in front of what would lose points.
STUDENTS = {
    "an error": "1 / 0",
    "an assertion": "assert False, 'stop here'",
    "a name that nobody defined": "not_defined_anywhere",
    "a raise": "raise RuntimeError('CUDA error: device-side assert triggered')",
    "a failing loop": "for p in model.parameters():\n    p.no_such_method()",
    "an end by sys": "import sys\nsys.exit(0)",
}
WORLDS = {
    "an absent package": "import no_such_package as nowhere\nnowhere.set_up()",
    "an end": "exit()",
    "a demand for a GPU": "assert torch.cuda.is_available(), 'no GPU'",
}
HIDDEN = "for parameter in model.parameters():\n    parameter.requires_grad = False\n"
WRONG = FINETUNING.replace("train(args, model)\n", f"HIDER\n{HIDDEN}train(args, model)\n")
SHORT = NETWORKS.replace(", nn.BatchNorm2d(o)", "")
# A right network, then a line that fails, then the one that is trained, all in one cell.
SWAPPED = NETWORKS + "HIDER\n" + SHORT


def answers(hider):
    cells = (CONV, SWAPPED.replace("HIDER", hider), WRONG.replace("HIDER", hider))
    with running("model = torch = None\nimport torch", *cells) as runner:
        replies = [runner.ask(request) for request in (NET, STATE, TRAIN)]
        return replies, runner.executed().cells


@pytest.fixture(scope="module")
def plain():
    return answers("")[0]


def test_the_mistakes_are_there_to_be_hidden(plain):
    net, state, _ = plain
    assert not any(entry["op"] == "batch_norm" for entry in net.values["trace"])
    assert not any(learns for _, _, learns, _ in state.values["parameters"])


@pytest.mark.parametrize("hider", [*STUDENTS, *WORLDS])
def test_what_stands_behind_a_failing_line_is_judged(hider, plain):
    found, cells = answers({**STUDENTS, **WORLDS}[hider])
    for mine, want in zip(found, plain, strict=True):
        assert mine.outcome is want.outcome
        assert mine.values == want.values
        assert np.array_equal(mine.arrays.get("output", 0), want.arrays.get("output", 0))
    first = cells[2]  # in Part C's cell the training fails as well: nothing in it learns
    assert (causes.students(first) is not None) is (hider in STUDENTS)
    assert (causes.world([first]) != ()) is (hider == "an absent package")


@pytest.mark.parametrize("line", ["1 / 0", "import no_such_package\nno_such_package.x()"])
def test_a_class_that_fails_in_its_body_is_not_there(line):
    """Nothing of a statement is kept: not the first half of a class whose second half is wrong."""
    body = "\n    ".join(line.splitlines())
    half = f"class CNN(nn.Module):\n    def forward(self, x):\n        return x\n    {body}"
    with running(CONV, half) as runner:
        assert runner.ask(NET).outcome is Outcome.MISSING
