"""Names that a later cell defined anew can be put back for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from colab_world import uses
from colab_world.history import History
from colab_world.weights import weight

if TYPE_CHECKING:
    from tests.kernel.inside.conftest import Colab


CLASSES = ("MyConv2d", "CNN", "UNet")


class Net(torch.nn.Module):
    """Stands for a student's class."""


@pytest.fixture(autouse=True)
def nothing_made() -> None:
    uses.made.clear()


def test_the_last_cell_that_mentions_a_class_counts() -> None:
    names: dict[str, Any] = {"train": "first", "UNet": Net}
    history = History(names, CLASSES)
    history.after_cell("class UNet: pass")
    names["train"] = "second"
    history.after_cell("net = UNet(3, 8, 24, 1)")
    names["train"] = "third"
    history.after_cell("unet = MyUNet()  # not UNet itself")
    with history.as_of("UNet"):
        assert names["train"] == "second"
    assert names["train"] == "third"


def test_each_class_has_its_own_past() -> None:
    names: dict[str, Any] = {"loss": 1, "CNN": Net, "UNet": Net}
    history = History(names, CLASSES)
    history.after_cell("CNN")
    names["loss"] = 2
    history.after_cell("UNet")
    with history.as_of("CNN"), history.as_of("UNet"):
        assert names["loss"] == 2
    with history.as_of("CNN"):
        assert names["loss"] == 1
    with history.as_of("MyConv2d"):
        assert names["loss"] == 2


def test_a_use_counts_for_more_than_a_later_mention() -> None:
    names: dict[str, Any] = {"block": "A", "CNN": Net}
    history = History(names, CLASSES)
    uses.made.add(Net)
    history.after_cell("cnn = train(args)")
    names["block"] = "B"
    history.after_cell("print('CNN and UNet')")
    uses.made.add(Net)
    history.after_cell("CNN(3, 8)  # fails, for block is another now", well=False)
    with history.as_of("CNN"):
        assert names["block"] == "A"


def test_a_class_that_is_defined_anew_counts_anew() -> None:
    names: dict[str, Any] = {"block": "A", "CNN": Net}
    history = History(names, CLASSES)
    uses.made.add(Net)
    history.after_cell("CNN()")
    names.update(block="B", CNN=type("CNN", (Net,), {}))
    history.after_cell("class CNN: ...")
    with history.as_of("CNN"):
        assert names["block"] == "B"


@pytest.mark.parametrize("instead", [None, "a text"])
def test_what_was_thrown_away_is_there_again(instead: str | None) -> None:
    names: dict[str, Any] = {"helper": 1, "CNN": Net}
    history = History(names, CLASSES)
    history.after_cell("class CNN: ...")
    names.clear()
    names |= {"CNN": instead} if instead else {}
    history.after_cell("del CNN")
    with history.as_of("CNN"):
        assert names == {"helper": 1, "CNN": Net}


def test_what_the_grader_makes_is_no_use_of_the_notebook_s() -> None:
    names: dict[str, Any] = {"block": "A", "CNN": Net, "model": None}
    history = History(names, CLASSES)
    uses.made.add(Net)
    history.after_cell("CNN()")
    names["block"] = "B"
    with history.as_of("CNN"):
        uses.made.add(Net)
        history.trains(uses.Training(Net(), None, True))
    history.after_cell("serve")
    assert "model" not in history.snapshots
    with history.as_of("CNN"):
        assert names["block"] == "A"


def test_all_is_restored_after_an_exception() -> None:
    names: dict[str, Any] = {"deleted": 1, "kept": 1, "CNN": Net}
    history = History(names, CLASSES)
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
    assert seen == {"deleted": 1, "kept": 1, "later": 3, "CNN": Net}
    assert names == {"kept": 2, "later": 3, "CNN": Net}


def test_big_data_is_not_held() -> None:
    big = np.zeros(2_000_000, dtype=np.uint8)
    names: dict[str, Any] = {
        "array": big, "tensor": torch.zeros(300_000), "nested": {"xs": [big]}, "_helper": 1,
        "_": 1, "__": 1, "_i": "", "_ii": "", "_5": 1, "_i5": "", "_oh": {}, "__name__": "",
        "In": [],
        "network": torch.nn.Linear(600, 600), "images": [big[:100_000]] * 30,
        "palette": big[:72], "CNN": Net, "small": torch.nn.Linear(2, 2), "numbers": [1, 2],
        "module": np,
    }  # fmt: skip
    history = History(names, CLASSES)
    history.after_cell("CNN")
    kept = ["CNN", "_helper", "module", "numbers", "palette", "small"]
    assert sorted(history.snapshots["CNN"].names) == kept


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
