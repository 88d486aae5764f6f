"""Compiled networks are handed back as they were written."""

from __future__ import annotations

import torch
from colab_world.eager import _given_back, _nothing
from torch import nn

compiled, scripted = _given_back(torch.compile), _given_back(torch.jit.script)


def test_a_network_is_handed_back() -> None:
    network = nn.Conv2d(1, 2, 3)
    assert compiled(network) is network
    assert compiled(network, mode="max-autotune", dynamic=True) is network
    assert compiled(model=network) is network
    assert scripted(network) is network
    assert _nothing(nn.Module.compile)(network, backend="inductor") is None


def test_as_a_decorator_with_and_without_settings() -> None:
    class Network(nn.Module):
        @compiled
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.twice(x)

        @compiled(mode="reduce-overhead")
        def twice(self, x: torch.Tensor) -> torch.Tensor:
            return 2 * x

    assert Network()(torch.ones(1)) == 2
    assert compiled.__name__ == "compile"
