"""Train one of the student's networks with the grader's own loop, and let it predict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .network import build

CHUNK = 64  # images at once when predicting
MOMENTUM = 0.1  # of BatchNorm's running statistics


def run(
    namespace: Mapping[str, Any], params: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Answer a `learn` request.

    params: class, args, seed, learn_rate. tensors: "inputs" (N, C, H, W), "labels" (N, H, W),
    "order" (steps, batch) of indices into them, "held_out" (M, C, H, W).
    The answer: "losses" (steps,) and the class ids "predictions" (M, H, W) on the held-out
    inputs; their labels never come in here. A network without parameters only predicts.
    """
    module = build(namespace, params)
    _settle_quickly(module)
    module.train()
    parameters = list(module.parameters())
    losses = _fit(module, parameters, params["learn_rate"], tensors) if parameters else []
    module.eval()
    predictions = predict(module, tensors["held_out"])
    return {"steps": len(losses)}, {
        "losses": torch.tensor(losses, dtype=torch.float64),
        "predictions": predictions,
    }


def _settle_quickly(module: nn.Module) -> None:
    """Give each BatchNorm torch's own momentum: a slower one needs more steps than are run here.

    One of 0 stays: with it the statistics never move, however long the training.
    """
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d) and layer.momentum:
            layer.momentum = MOMENTUM


def _fit(
    module: nn.Module, parameters: list[nn.Parameter], rate: float, tensors: Mapping[str, Tensor]
) -> list[float]:
    """Train with Adam, whose rate falls to 0, so that BatchNorm's statistics settle at the end."""
    optimizer = torch.optim.Adam(parameters, lr=rate)
    losses = []
    for i, rows in enumerate(tensors["order"]):
        optimizer.param_groups[0]["lr"] = rate * (1 - i / len(tensors["order"]))
        inputs, labels = tensors["inputs"][rows], tensors["labels"][rows].long()
        losses.append(_step(module, optimizer, inputs, labels))
    return losses


def _step(module: nn.Module, optimizer: Any, inputs: Tensor, labels: Tensor) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(module(inputs), labels)
    loss.backward()
    optimizer.step()
    return float(loss.detach())


def predict(module: Any, inputs: Tensor) -> Tensor:
    """Return the class ids (M, H, W) of `inputs` (M, C, H, W) as uint8."""
    with torch.no_grad():  # on copies: a network may write into what it is given
        parts = [
            _logits(module(chunk.clone())).max(1).indices.to(torch.uint8)
            for chunk in inputs.split(CHUNK)
        ]
    return torch.cat(parts)


def _logits(output: Any) -> Tensor:
    logits: Tensor = output["out"] if isinstance(output, Mapping) else output
    return logits
