"""Train one of the student's networks with the grader's own loop, and let it predict.

Weights in half precision are trained as mixed precision does it: the optimizer steps on copies in
float32, and what a step is too small for in float16 is not the network's fault.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .errors import NotBuilt
from .network import build, layer_for

CHUNK = 64  # images at once when predicting
MOMENTUM = 0.1  # of BatchNorm's running statistics
COARSE = (torch.float16, torch.bfloat16)
SCALE = 1024.0  # of the loss, whose gradients would vanish in float16


def run(
    namespace: Mapping[str, Any], params: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Answer a `learn` request.

    params: class, args, seed, learn_rate, conv as in `network.run`. tensors: "inputs" (N, C, H, W),
    "labels" (N, H, W), "order" (steps, batch) of indices into them, "held_out" (M, C, H, W).
    The answer: "losses" (steps,) and the class ids "predictions" (M, H, W) on the held-out
    inputs; their labels never come in here. A network without parameters only predicts. One that
    raises in float32 is trained as it was built.
    """
    with layer_for(namespace, params):
        try:
            return _run_in("float32", namespace, params, tensors)
        except NotBuilt:
            raise
        except Exception:
            with contextlib.suppress(Exception):
                return _run_in("as_built", namespace, params, tensors)
            raise


def _run_in(
    dtype: str,
    namespace: Mapping[str, Any],
    params: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    module = build(namespace, {**params, "dtype": dtype})
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
    stepped = [p.detach().float() if p.dtype in COARSE else p for p in parameters]
    pairs = list(zip(parameters, stepped, strict=True))
    optimizer = torch.optim.Adam(stepped, lr=rate)
    losses = []
    for i, rows in enumerate(tensors["order"]):
        optimizer.param_groups[0]["lr"] = rate * (1 - i / len(tensors["order"]))
        inputs, labels = tensors["inputs"][rows], tensors["labels"][rows].long()
        module.zero_grad()
        losses.append(_backward(module, inputs, labels, pairs))
        optimizer.step()
        for parameter, value in pairs:
            if value is not parameter:
                parameter.data.copy_(value)
    return losses


def _backward(
    module: nn.Module, inputs: Tensor, labels: Tensor, pairs: list[tuple[nn.Parameter, Tensor]]
) -> float:
    """Give what the optimizer steps on the gradient of the loss, and return the loss.

    pairs: the parameters, each with what is stepped on in its place.
    """
    scores = module(inputs)
    coarse = scores.dtype in COARSE or any(value is not p for p, value in pairs)
    loss = F.cross_entropy(scores.float() if scores.dtype in COARSE else scores, labels)
    (loss * SCALE if coarse else loss).backward()
    for parameter, value in pairs if coarse else ():
        if parameter.grad is not None:
            value.grad = parameter.grad.to(value.dtype) / SCALE
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
