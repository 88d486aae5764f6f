"""What matplotlib, NumPy, torch and the others had in 2018 to 2020 and have no more, in use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.kernel.inside.conftest import Colab

HEAD = """
import matplotlib.pyplot as plt, numpy as np, torch, torchvision
from torch import nn
from torch.nn import functional as F
from torchvision import transforms as T
from PIL import Image
"""
FRESH = "plt.close('all')\nfig, ax = plt.subplots()\nok = False\n"


def cells() -> dict[str, str]:
    """Return the lines of each row, by its name; a row that is right sets `ok`."""
    text = (Path(__file__).parent / "dropped_names.txt").read_text("utf-8")
    rows = (row.partition("\n") for row in re.split(r"^== ", text, flags=re.MULTILINE) if row)
    return {name: source for name, _, source in rows}


RUNS = cells()


@pytest.fixture(scope="module")
def old(colab: Colab) -> Colab:
    assert colab.run(HEAD).status == "ok"
    return colab


@pytest.mark.parametrize("name", RUNS)
def test_it_is_still_here_and_means_what_it_meant(old: Colab, name: str) -> None:
    cell = old.run(FRESH + RUNS[name])
    assert cell.status == "ok", cell.error
    assert old.value("bool(ok)") is True
