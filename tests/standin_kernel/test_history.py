"""Names that a later cell defined anew can be put back for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from colab_world.history import History, weight

if TYPE_CHECKING:
    from tests.standin_kernel.conftest import Colab


def test_the_last_cell_that_mentions_a_class_counts() -> None:
    names: dict[str, Any] = {"train": "first"}
    history = History(names)
    history.after_cell("class UNet: pass")
    names["train"] = "second"
    history.after_cell("net = UNet(3, 8, 24, 1)")
    names["train"] = "third"
    history.after_cell("unet = MyUNet()  # not UNet itself")
    with history.as_of("UNet"):
        assert names["train"] == "second"
    assert names["train"] == "third"


def test_each_class_has_its_own_past() -> None:
    names: dict[str, Any] = {"loss": 1}
    history = History(names)
    history.after_cell("CNN")
    names["loss"] = 2
    history.after_cell("UNet")
    with history.as_of("CNN"), history.as_of("UNet"):
        assert names["loss"] == 2
    with history.as_of("CNN"):
        assert names["loss"] == 1
    with history.as_of("MyConv2d"):
        assert names["loss"] == 2


def test_all_is_restored_after_an_exception() -> None:
    names: dict[str, Any] = {"deleted": 1, "kept": 1}
    history = History(names)
    history.after_cell("CNN")
    del names["deleted"]
    names.update(kept=2, later=3)
    seen: dict[str, Any] = {}

    def fail() -> None:
        with history.as_of("CNN"):
            seen.update(names)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert seen == {"deleted": 1, "kept": 1, "later": 3}
    assert names == {"kept": 2, "later": 3}


def test_big_data_is_not_held() -> None:
    big = np.zeros(2_000_000, dtype=np.uint8)
    names: dict[str, Any] = {
        "array": big, "tensor": torch.zeros(300_000), "nested": {"xs": [big]}, "_private": 1,
        "network": torch.nn.Linear(600, 600), "images": [big[:100_000]] * 30,
        "palette": big[:72], "small": torch.nn.Linear(2, 2), "numbers": [1, 2], "module": np,
    }  # fmt: skip
    history = History(names)
    history.after_cell("CNN")
    assert sorted(history.snapshots["CNN"]) == ["module", "numbers", "palette", "small"]


def test_containers_that_hold_themselves_are_weighed_too() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert weight(loop) < 100


def test_the_notebook_s_own_names_come_back(colab: Colab) -> None:
    colab.run("class UNet: pass\nclass AttrDict(dict): pass\nargs = AttrDict(part='A')")
    colab.run("def validate():\n    return args['part']")
    colab.run("model = UNet()")
    colab.run("args = AttrDict(part='C')\ndef train(): return 'C'")
    cell = colab.run(
        "from colab_world import history\n"
        "with history.as_of('UNet'):\n    print(validate())\nprint(validate(), train())"
    )
    assert cell.text == "A\nC C\n", cell.error
