"""Part C: what the student froze, replaced and handed to the optimizer, and what then moved."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .errors import NotBuilt, describe
from .freezing import idle
from .learning import predict
from .segmenter import core, device_of, last_layer, model_of
from .snapshot import Snapshot
from .watch import EnoughSteps, Watch, watching


class Arguments(dict):  # type: ignore[type-arg]
    """Settings that can be read as attributes and as keys, as the handout's AttrDict."""

    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__


def state(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a `finetune_state` request: the network as the notebook left it.

    "parameters" are rows of name, shape, requires_grad and norm: an untouched layer still has
    the norm that it was trained to.
    """
    model = core(model_of(namespace))
    return {
        "parameters": [
            [name, list(p.shape), p.requires_grad, _norm(p)] for name, p in model.named_parameters()
        ],
        "head": _head(model),
        "idle": idle(namespace, model),
    }


def _norm(tensor: Tensor) -> float | None:
    norm = float(tensor.detach().double().norm())
    return norm if math.isfinite(norm) else None  # JSON knows no nan


def _head(model: nn.Module) -> dict[str, Any] | None:
    classifier = getattr(model, "classifier", None)
    if not isinstance(classifier, nn.Module):
        return None
    last = last_layer(model)
    weight = getattr(last, "weight", None)
    shape = list(weight.shape) if isinstance(weight, Tensor) else []
    return {
        "layers": len(list(classifier.children())),
        "type": type(last).__name__,
        "is_conv": isinstance(last, nn.Conv2d) and len(shape) == 4,
        "shape": shape,  # of the weight itself: attributes beside it may say anything
        "bias": isinstance(getattr(last, "bias", None), Tensor),
    }


def arguments(namespace: Mapping[str, Any], params: Mapping[str, Any], device: str) -> Any:
    """Return the student's `args` with the request's settings over them.

    Whether there is a GPU is left to the notebook's own settings where its world answers both ways.
    """
    theirs = namespace.get("args")
    kept = dict(vars(theirs)) if hasattr(theirs, "__dict__") else {}
    if isinstance(theirs, Mapping):
        kept |= dict(theirs)
    gpu = device != "cpu" or (_answers_cuda() and kept.get("gpu", True))
    return Arguments({**kept, **params["arguments"], "gpu": gpu})


def _answers_cuda() -> bool:
    try:
        torch.empty(0).cuda()
    except (RuntimeError, AssertionError):  # no GPU, and nothing that stands in for one
        return False
    return True


def call(loop: Callable[..., Any], namespace: Mapping[str, Any], args: Any, model: Any) -> None:
    """Call `loop(args, model)`; what else it needs is taken from the notebook, by name.

    Raises NotBuilt for Part A's `train(args, cnn=None)`, which stays where Part C's cell failed.
    """
    try:
        asked = inspect.signature(loop).parameters
    except (TypeError, ValueError):
        asked = {}  # type: ignore[assignment]
    if {"args", "model"} <= set(asked):
        needed = [n for n, p in asked.items() if p.default is p.empty and n in namespace]
        loop(**{**{name: namespace[name] for name in needed}, "args": args, "model": model})
    elif [p.default is p.empty for p in asked.values()][:2] == [True, False]:
        raise NotBuilt(
            f"the notebook defines no train(args, model), only train({', '.join(asked)})"
        )
    elif [p.kind for p in asked.values()] == [inspect.Parameter.POSITIONAL_OR_KEYWORD]:
        loop(args)  # it takes the network from the notebook
    else:
        loop(args, model)


def train(namespace: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a `finetune_train` request: some steps of the student's own `train(args, model)`.

    params: steps, arguments (settings that go over the student's own). The network is left as
    it was found. An error of the loop is part of the answer: what was seen until then counts.
    """
    model = model_of(namespace)
    loop = namespace.get("train")
    if not callable(loop):
        raise NotBuilt("the notebook defines no `train`")
    found = Snapshot(model)
    _heal(model)
    watch, error = Watch(core(model), params["steps"]), None
    try:
        with watching(watch):
            call(loop, namespace, arguments(namespace, params, device_of(model).type), model)
    except EnoughSteps:
        pass
    except NotBuilt:
        found.restore()
        raise
    except Exception as raised:  # noqa: BLE001 - whatever the student's loop raises is evidence
        error = describe(raised)
    values = watch.seen() | {"raised": error}
    found.restore()
    return values


def _heal(model: nn.Module) -> None:
    """Start a last layer anew whose numbers a too large learning rate has blown up."""
    last = last_layer(core(model))
    if last is not None and not all(p.isfinite().all() for p in last.parameters()):
        _reset(last)


def _reset(layer: nn.Module | None) -> None:
    reset = getattr(layer, "reset_parameters", None)
    if callable(reset):
        reset()


def segment(
    namespace: Mapping[str, Any], params: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Answer a `segment` request: fine-tune the student's network with the grader's own loop.

    Only what the notebook left learning is trained; the last layer starts anew, whatever the
    notebook taught it. params: learn_rate, seed. tensors: "inputs" (N, 3, H, W), "labels"
    (N, H, W), "order" (steps, batch), "held_out" (M, 3, H, W).
    """
    model = core(model_of(namespace))
    tensors = {name: tensor.to(device_of(model)) for name, tensor in tensors.items()}
    found = Snapshot(model)
    model.float()  # one in half or double precision takes no pictures of ours; it is put back
    learning = [p for p in model.parameters() if p.requires_grad]
    torch.manual_seed(params["seed"])
    _reset(last_layer(model))
    try:
        losses = _fit(model, learning, params["learn_rate"], tensors) if learning else []
        model.eval()
        predictions = predict(model, tensors["held_out"])
    finally:
        found.restore()
    return {"learning": len(learning)}, {
        "losses": torch.tensor(losses, dtype=torch.float64),
        "predictions": predictions,
    }


def _fit(
    model: nn.Module, learning: list[nn.Parameter], rate: float, tensors: Mapping[str, Tensor]
) -> list[float]:
    optimizer = torch.optim.Adam(learning, lr=rate)
    losses = []
    model.train()
    for rows in tensors["order"]:
        optimizer.zero_grad()
        output = model(tensors["inputs"][rows])["out"]
        loss = F.cross_entropy(output, tensors["labels"][rows].long())
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses
