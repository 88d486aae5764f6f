"""The model hub and torchvision's segmentation networks, without a network."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import URLError

import torch
import torchvision
from safetensors.torch import load_file
from torch import nn
from torchvision.models._api import BUILTIN_MODELS

from .config import Config
from .notes import note
from .patches import like, replace

NAMES = ("deeplabv3_resnet101", "deeplabv3_resnet50", "fcn_resnet101", "fcn_resnet50")
CLASSES = 21  # of the hub's pretrained networks


def install(config: Config) -> None:
    """Serve the names in `NAMES` from `config`; every other name raises at once."""
    segmentation = torchvision.models.segmentation
    real = segmentation.deeplabv3_resnet101
    for name in NAMES:
        served = functools.partial(_serve, config, real, name)
        for owner in (segmentation, segmentation.deeplabv3, segmentation.fcn):
            replace(owner, name, functools.partial(_builder, served))
        if name in BUILTIN_MODELS:  # `torchvision.models.get_model`
            BUILTIN_MODELS[name] = getattr(segmentation, name)
    replace(torch.hub, "load", functools.partial(_hub, config, real))


def _builder(served: Callable[..., nn.Module], original: Any) -> Callable[..., nn.Module]:
    @functools.wraps(original)
    def build(*args: Any, **kwargs: Any) -> nn.Module:
        return served(*args, **kwargs)

    return build


def _hub(config: Config, real: Any, original: Callable[..., Any]) -> Callable[..., Any]:
    @like(original, torch.hub)
    def load(repo_or_dir: Any, model: str, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("source") == "local":
            return original(repo_or_dir, model, *args, **kwargs)
        if "pytorch/vision" in str(repo_or_dir) and model in NAMES:
            return _serve(config, real, model, *args, **kwargs)
        raise URLError(
            f"no network: torch.hub.load({str(repo_or_dir)!r}, {model!r}) is not served here, "
            f"only 'pytorch/vision' with one of {', '.join(NAMES)}"
        )

    return load


def _serve(
    config: Config, real: Callable[..., nn.Module], name: str, *args: Any, **kwargs: Any
) -> nn.Module:
    if config.weights is not None and name == "deeplabv3_resnet101":
        return _full_size(config, real)
    trained = bool((args and args[0]) or kwargs.get("pretrained") or kwargs.get("weights"))
    note("hub", f"{name}: the small stand-in network")
    # Loaded here and not above: the file lies beside this package in the kernel only.
    deeplab = importlib.import_module("deeplab")
    weights = config.colab / "deeplab.safetensors" if trained else None
    model: nn.Module = deeplab.build_deeplab(weights)
    if kwargs.get("num_classes", CLASSES) not in (CLASSES, None) and not trained:
        head: Any = model.classifier
        head[4] = nn.Conv2d(256, kwargs["num_classes"], kernel_size=1)
    return model


def _full_size(config: Config, real: Callable[..., nn.Module]) -> nn.Module:
    model = real(weights=None, weights_backbone=None, aux_loss=True, num_classes=CLASSES)
    assert config.weights is not None  # noqa: S101 - the caller looked
    model.load_state_dict(_state(config.weights))
    return model


def _state(path: Path) -> dict[str, torch.Tensor]:
    """Read weights as `grader data fetch` writes them, or as torchvision publishes them."""
    if path.suffix == ".safetensors":
        return dict(load_file(path))
    return dict(torch.load(path, map_location="cpu", weights_only=True))
