"""What looks like freezing and is not is found."""

import pytest

from grader.assignment.agent.freezing import idle

CELL = "model.classifier[4] = nn.Conv2d(256, 2, 1)\n"


def test_attributes_that_nobody_reads_are_found(model):
    assert idle({}, model) == []
    model.backbone.requires_grad = False
    for parameter in model.parameters():
        parameter.requires_gradient = False
    assert [text.partition(" ")[0] for text in idle({}, model)] == [
        "requires_grad",
        "requires_gradient",
    ]


@pytest.mark.parametrize(
    ("cell", "begins"),
    [
        (CELL, []),
        ("model.eval()\n" + CELL, [".eval()"]),
        ("with torch.no_grad():\n    " + CELL, ["no_grad()"]),
        ("torch.set_grad_enabled(False)\n" + CELL, ["set_grad_enabled()"]),
        ("for p in q:\n    p.requires_grad == False\n" + CELL, ["requires_grad =="]),
        ("for p in q:\n    p.requires_grad = False\n" + CELL, []),
        ("if p.requires_grad == False:\n    pass\n" + CELL, []),
        ("def show():\n    model.eval()\n" + CELL, []),
        ("x = 'model.eval() classifier Conv2d'", []),
        ("model.eval()", []),
        ("model.eval(\n" + CELL, []),
        ("model.eval()\n" * 2 + CELL, [".eval()"]),
    ],
)
def test_statements_without_effect_are_found_beside_the_replacement(model, cell, begins):
    found = idle({"In": ["", cell]}, model)
    assert len(found) == len(begins)
    assert all(text.startswith(begin) for text, begin in zip(found, begins, strict=True))


@pytest.mark.parametrize("history", [None, "model.eval()", [3, None], {"a": 1}])
def test_a_history_that_is_none_is_no_trouble(model, history):
    assert idle({"In": history}, model) == []
