"""What each optimizer of the notebook was given is on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.kernel.inside.conftest import Colab

LAST = "__import__('colab_world.optimizers').optimizers.records[-1]"


def last_record(colab: Colab) -> dict[str, Any]:
    shown = f"{{key: {LAST}[key] for key in ('class', 'cell', 'given', 'error')}}"
    record: dict[str, Any] = colab.value(shown)
    return record


@pytest.fixture(autouse=True)
def net(colab: Colab) -> None:
    colab.run("import torch\nfrom torch import nn\nnet = nn.Sequential(nn.Linear(2, 2), nn.ReLU())")


def test_a_generator_is_recorded_and_still_used(colab: Colab) -> None:
    colab.run("adam = torch.optim.Adam((p for p in net.parameters()), lr=0.3)")
    record = last_record(colab)
    assert (record["class"], record["error"]) == ("Adam", None)
    assert record["given"] == {"container": "list", "count": 2, "kinds": {"Parameter": 2}}
    assert record["cell"] is not None
    assert colab.value(f"[p is q for p, q in zip({LAST}['groups'][0]['params'], net.parameters())]")
    assert colab.value(f"[{LAST}['groups'][0][k] for k in ('lr', 'betas')]") == [0.3, [0.9, 0.999]]
    assert colab.value("len(adam.param_groups[0]['params'])") == 2


def test_groups_are_recorded_also_when_added_later(colab: Colab) -> None:
    colab.run(
        "sgd = torch.optim.SGD([{'params': [net[0].weight], 'lr': 0.5}], lr=0.1, momentum=0.9)\n"
        "sgd.add_param_group({'params': [net[0].bias]})"
    )
    groups = colab.value(f"[[g['lr'], g['momentum'], len(g['params'])] for g in {LAST}['groups']]")
    assert groups == [[0.5, 0.9, 1], [0.1, 0.9, 1]]


@pytest.mark.parametrize(
    ("given", "error", "kinds"),
    [
        ("[]", "ValueError: optimizer got an empty parameter list", {}),
        ("['weight', 'bias']", "TypeError", {"str": 2}),
        ("[('weight', 1)]", "TypeError", {"tuple(str, int)": 1}),
        ("net[0].weight", "TypeError", {"Parameter": 1}),
    ],
)
def test_a_failed_construction_is_recorded(
    colab: Colab, given: str, error: str, kinds: dict[str, int]
) -> None:
    cell = colab.run(f"torch.optim.Adam({given}, lr=0.1)")
    assert cell.status == "error"
    record = last_record(colab)
    assert record["error"].startswith(error)
    assert record["given"]["kinds"] == kinds


def test_training_works_as_before(colab: Colab) -> None:
    cell = colab.run(
        "opt = torch.optim.SGD(net.parameters(), lr=1.0)\n"
        "before = net[0].bias.detach().clone()\n"
        "net(torch.ones(1, 2)).sum().backward(); net[0].bias.grad.fill_(1.0); opt.step()\n"
        "print((before - net[0].bias.detach()).round().tolist())"
    )
    assert cell.text == "[1.0, 1.0]\n"
