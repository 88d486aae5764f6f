"""Part C: what the student froze, replaced and handed to the optimizer, and what then moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .errors import describe
from .learning import predict
from .network import NotBuilt
from .watch import EnoughSteps, Watch, watching


class Arguments(dict):  # type: ignore[type-arg]
    """Settings that can be read as attributes and as keys, as the handout's AttrDict."""

    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__


def model_of(namespace: Mapping[str, Any]) -> nn.Module:
    """Return Part C's network."""
    model = namespace.get("model")
    if not isinstance(model, nn.Module):
        raise NotBuilt("the notebook leaves no network in the name `model`")
    return model


def state(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a `finetune_state` request: the network as the notebook left it."""
    model = model_of(namespace)
    parameters = dict(model.named_parameters(remove_duplicate=False))
    return {
        "parameters": [[n, list(p.shape), p.requires_grad] for n, p in parameters.items()],
        "head": _head(model),
        "training": model.training,
    }


def _head(model: nn.Module) -> dict[str, Any] | None:
    classifier = getattr(model, "classifier", None)
    if not isinstance(classifier, nn.Module):
        return None
    children = list(classifier.children())
    last = children[-1] if children else classifier
    kernel = getattr(last, "kernel_size", None)
    return {
        "type": type(last).__name__,
        "children": [type(child).__name__ for child in children],
        "in_channels": getattr(last, "in_channels", None),
        "out_channels": getattr(last, "out_channels", None),
        "kernel_size": list(kernel) if isinstance(kernel, tuple) else kernel,
    }


def arguments(namespace: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
    """Return the student's `args` with the request's settings over them."""
    mine = Arguments(params["arguments"])
    theirs = namespace.get("args")
    kept = dict(vars(theirs)) if hasattr(theirs, "__dict__") else {}
    if isinstance(theirs, Mapping):
        kept |= dict(theirs)
    return Arguments({**kept, **mine})


def train(namespace: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a `finetune_train` request: some steps of the student's own `train(args, model)`.

    params: steps, arguments (settings that go over the student's own). The network is left as
    it was found. An error of the loop is part of the answer: what was seen until then counts.
    """
    model = model_of(namespace)
    loop = namespace.get("train")
    if not callable(loop):
        raise NotBuilt("the notebook defines no `train`")
    watch = Watch(model, params["steps"])
    error = None
    try:
        with watching(watch):
            loop(arguments(namespace, params), model)
    except EnoughSteps:
        pass
    except Exception as raised:  # noqa: BLE001 - whatever the student's loop raises is evidence
        error = describe(raised)
    values = watch.seen() | {"error": error}
    watch.restore()
    return values


def segment(
    namespace: Mapping[str, Any], params: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Answer a `segment` request: fine-tune the student's network with the grader's own loop.

    Only what the notebook left learning is trained. params: learn_rate, seed. tensors: "inputs"
    (N, 3, H, W), "labels" (N, H, W), "order" (steps, batch), "held_out" (M, 3, H, W).
    """
    model = model_of(namespace)
    watch = Watch(model, 0)
    learning = [p for p in model.parameters() if p.requires_grad]
    torch.manual_seed(params["seed"])
    try:
        losses = _fit(model, learning, params["learn_rate"], tensors) if learning else []
        training, _ = model.training, model.eval()
        predictions = predict(model, tensors["held_out"])
        model.train(training)
    finally:
        watch.restore()
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
