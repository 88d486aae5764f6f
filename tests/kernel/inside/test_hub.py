"""The hub with a file of real weights: torchvision's own network, loaded from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from colab_world import hub
from colab_world.config import Config
from torch import nn


def test_given_weights_fill_the_real_network(tmp_path: Path) -> None:
    state = nn.Linear(2, 2).state_dict()
    torch.save(state, tmp_path / "x.pth")
    asked: dict[str, Any] = {}

    def real(**kwargs: Any) -> nn.Module:
        asked.update(kwargs)
        return nn.Linear(2, 2)

    config = Config(tmp_path, tmp_path, tmp_path, tmp_path, weights=tmp_path / "x.pth")
    served = hub._serve(config, real, "deeplabv3_resnet101", pretrained=True)
    assert torch.equal(served.state_dict()["weight"], state["weight"])
    assert asked == {"weights": None, "weights_backbone": None, "aux_loss": True, "num_classes": 21}


def test_weights_that_are_code_are_refused(tmp_path: Path) -> None:
    torch.save(nn.Linear(2, 2), tmp_path / "x.pth")
    config = Config(tmp_path, tmp_path, tmp_path, tmp_path, weights=tmp_path / "x.pth")
    with pytest.raises(Exception, match=r"[Ww]eights.only"):
        hub._full_size(config, lambda **_: nn.Linear(2, 2))
