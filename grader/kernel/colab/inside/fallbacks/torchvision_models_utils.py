"""`torchvision.models.utils`, which torchvision dropped in 2021."""

from __future__ import annotations

from torch.hub import load_state_dict_from_url

__all__ = ["load_state_dict_from_url"]
