"""Notebooks out of a few lines of code, and a MyConv2d that is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import nbformat

RETURN = "return F.conv2d(x, self.weight, self.bias, padding=self.weight.shape[-1] // 2)"
CONV = f"""
import torch
from torch import nn
from torch.nn import functional as F
class MyConv2d(nn.Module):
    def __init__(self, i, o, k, padding=None):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(o, i, k, k))
        self.bias = nn.Parameter(torch.randn(o))
    def forward(self, x):
        {RETURN}
"""


def notebook_of(*sources: str, metadata: Mapping[str, Any] | None = None) -> Any:
    """Return a notebook of code cells."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata or {})
