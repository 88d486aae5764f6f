"""Which device a model runs on."""

import torch
from torch import nn


def choose_device(gpu: bool) -> torch.device:
    """Return the GPU if it is wanted and there is one, else the CPU.

    >>> choose_device(gpu=False)
    device(type='cpu')
    """
    return torch.device("cuda" if gpu and torch.cuda.is_available() else "cpu")


def device_of(model: nn.Module) -> torch.device:
    """Return the device of the model's first parameter; the CPU if it has none."""
    return next(model.parameters(), torch.empty(0)).device
