"""A small network with the names that Part C is about."""

import pytest
import torch
from torch import nn


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.backbone = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4))
        self.classifier = nn.Sequential(*(nn.Identity() for _ in range(4)), nn.Conv2d(4, 2, 1))

    def forward(self, x):
        return {"out": self.classifier(self.backbone(x))}


@pytest.fixture
def model():
    return Small()
