"""The kinds of requests that the agent answers, each with what answers it."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from . import conv, finetune, learning, network, proof

Array = np.ndarray[Any, Any]
CLASSES = ("MyConv2d", "CNN", "UNet")
HANDED_OUT = "MyConv2d"
HANDLERS: dict[str, Callable[..., tuple[dict[str, Any], dict[str, Tensor]]]] = {
    "network": network.run,
    "conv2d": conv.run,
    "learn": learning.run,
    "segment": finetune.segment,
    "finetune_state": lambda ns, _params, _tensors: (finetune.state(ns), {}),
    "finetune_train": lambda ns, params, _tensors: (finetune.train(ns, params), {}),
    "finetune_layers": proof.layers,
    "finetune_step": proof.step,
}
MODEL = ("segment", "finetune_state", "finetune_train", "finetune_layers", "finetune_step")


def subject(kind: str, params: Mapping[str, Any]) -> str:
    """Return what a request is about: a class, or "model", Part C's network."""
    return "model" if kind in MODEL else str(params.get("class", ""))


def run(
    kind: str, namespace: dict[str, Any], params: Mapping[str, Any], arrays: Mapping[str, Array]
) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the values and the arrays of an answer; whatever student code raises goes through."""
    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    with _left_as_found():
        values, found = HANDLERS[kind](namespace, params, tensors)
    return values, {name: _array(tensor) for name, tensor in found.items()}


def _array(tensor: Tensor) -> Array:
    plain: Array = tensor.detach().contiguous().cpu().clone().numpy()
    return plain


class _Nowhere(io.TextIOBase):
    """Takes all that is printed, and keeps none of it."""

    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def _left_as_found() -> Iterator[None]:
    """Put back what a request may change in passing: generators and the default dtype.

    What the student's code prints or warns of meanwhile goes nowhere.
    """
    state, dtype = torch.get_rng_state(), torch.get_default_dtype()
    gradients = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    try:
        nowhere = _Nowhere()
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(nowhere),
            contextlib.redirect_stderr(nowhere),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        torch.set_rng_state(state)
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(gradients)
