"""What is judged is what was handed in to run, not what is left at the end."""

import numpy as np
import pytest

from grader.assignment.asking import network
from grader.assignment.checks.finetune import ARGUMENTS
from grader.model import Outcome, Request
from tests.cells import CONV
from tests.kernel.session.kernels import running

pytestmark = pytest.mark.usefixtures("warm")

NETWORKS = """
def _block(i, o):
    return nn.Sequential(MyConv2d(i, o, 3), nn.BatchNorm2d(o), nn.ReLU())

class CNN(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        self.body = nn.Sequential(
            _block(num_in_channels, num_filters), MyConv2d(num_filters, num_colours, 3)
        )
    def forward(self, x):
        return self.body(x)

cnn = CNN(3, 4, 5, 1)
"""
FINETUNING = """
class AttrDict(dict):
    __getattr__ = dict.__getitem__

def train(args, model):
    assert args.gpu
    images = torch.rand(4, 3, 32, 32).cuda()
    learned = [p for n, p in model.named_parameters() if n.startswith('classifier.4')]
    optimizer = torch.optim.Adam(learned, lr=args.learn_rate)
    for _ in range(2):
        loss = F.cross_entropy(model(images)['out'], torch.ones(4, 32, 32, dtype=torch.long))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

args = AttrDict(gpu=True, learn_rate=0.1)
model = torch.hub.load('pytorch/vision:v0.5.0', 'deeplabv3_resnet101', pretrained=True)
for parameter in model.parameters():
    parameter.requires_grad = False
model.classifier[4] = nn.Conv2d(256, 2, 1)
train(args, model)
"""
LATE = {
    "nothing": "",
    "deleted": "del model, cnn, CNN, MyConv2d, train",
    "reset": "%reset -f",
    "loaded again": "model = torch.hub.load('pytorch/vision', 'deeplabv3_resnet101', "
    "pretrained=True)\nsum(p.numel() for p in model.parameters())",
    "another loop": "def train(model, images, steps=1):\n    torch.optim.SGD(model.parameters(), "
    "lr=1.0).step()\ntrain(model, None)",
    "thawed": "for p in model.parameters():\n    p.requires_grad = True\nmodel.classifier[4] = "
    "nn.Conv2d(256, 21, 1)",
    "other helper": "def _block(i, o, kernel, relu):\n    pass\n# Part B\nprint('CNN or UNet?')",
    "renamed": "model = None\nargs = None",
    "polite end": "exit()",
}
NET = network(
    "cnn", "CNN", (3, 4, 5, 1),
    {"input": np.ones((1, 1, 8, 8)), "conv": np.ones((9, 5000)), "norm": np.ones((9, 500))},
    mode="eval", dtype="float64", seed=0,
)  # fmt: skip
STATE = Request("finetune.state", "finetune_state")
TRAIN = Request("finetune.train", "finetune_train", {"steps": 2, "arguments": ARGUMENTS})


def answers(*cells):
    with running(CONV, NETWORKS, FINETUNING, *cells) as runner:
        assert [run.status for run in runner.executed().cells if run.error] == []
        return [runner.ask(request) for request in (NET, STATE, TRAIN, STATE, NET)]


@pytest.fixture(scope="module")
def usual():
    return answers()


@pytest.mark.parametrize("late", LATE)
def test_what_comes_at_the_end_changes_no_answer(late, usual):
    found = answers(LATE[late])
    assert [reply.outcome for reply in found] == [Outcome.OK] * 5
    for mine, want in zip(found, usual, strict=True):
        assert mine.values == want.values
        assert np.array_equal(mine.arrays.get("output", 0), want.arrays.get("output", 0))


def test_the_answers_are_those_of_the_network_that_was_trained(usual):
    assert usual[1].values["head"]["shape"] == [2, 256, 1, 1]
    assert usual[2].values["raised"] is None
    learning = [name for name, _, learns, _ in usual[1].values["parameters"] if learns]
    assert learning == ["classifier.4.weight", "classifier.4.bias"]


def test_a_mistake_that_was_run_is_not_mended_at_the_end():
    """What was run is judged, also where the last cell would look better."""
    thaw = "for p in model.parameters():\n    p.requires_grad = True\ntrain(args, model)"
    state = answers(thaw, "for p in model.parameters():\n    p.requires_grad = False")[1]
    assert all(learns for _, _, learns, _ in state.values["parameters"])


def test_nothing_is_asked_before_the_last_cell_has_run():
    """A cell that could learn what is asked would have to run before it is asked."""
    look = "import os\nprint(os.listdir('/io'), 'seed' in os.environ['COLAB_CONFIG'])"
    with running(CONV, NETWORKS, look) as runner:
        assert runner.nb.cells[2].outputs[0].text == "[] False\n"
        assert runner.ask(NET).outcome is Outcome.OK


def test_a_loop_that_reports_to_a_package_that_is_not_here_is_seen_all_the_same():
    reports = FINETUNING.replace(
        "        loss.backward()", "        lobster.log({'loss': loss})\n        loss.backward()"
    )
    with running("import lobster", CONV, NETWORKS, reports) as runner:
        (left,) = [left for run in runner.executed().cells for left in run.left_out]
        assert (left.error.name, left.error.message) == (
            "AbsentPackage",
            "lobster is not installed here",
        )
        values = runner.ask(TRAIN).values
    assert values["raised"] is None
    assert len(values["steps"]) == 2
