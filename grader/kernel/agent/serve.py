"""Requests come in and answers go out: in the kernel through files, for the reference in memory."""

from __future__ import annotations

import contextlib
import io
import json
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from . import conv, finetune, learning, network, proof
from .errors import PartAnswer, answer_of

NONCE = re.compile(r"[0-9a-f]{32}\Z")
Arrays = dict[str, Tensor]
Namespace = dict[str, Any]


HANDLERS: dict[str, Callable[..., tuple[dict[str, Any], Arrays]]] = {
    "network": network.run,
    "conv2d": conv.run,
    "learn": learning.run,
    "segment": finetune.segment,
    "finetune_state": lambda ns, params, tensors: (finetune.state(ns), {}),
    "finetune_train": lambda ns, params, tensors: (finetune.train(ns, params), {}),
    "finetune_layers": proof.layers,
    "finetune_step": proof.step,
}
# What a request is about, where it names no class: Part C's network, called `model`.
SUBJECTS = dict.fromkeys(
    ("segment", "finetune_state", "finetune_train", "finetune_layers", "finetune_step"), "model"
)


class Agent:
    """Answers requests about the objects in a namespace.

    `as_of(name)`, of a class or "model", puts the namespace back to what it was when the notebook
    last used it, for as long as the context is entered: Part C redefines Part A's helpers.
    """

    def __init__(
        self,
        namespace: Namespace,
        as_of: Callable[[str], contextlib.AbstractContextManager[Any]] | None = None,
        world: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        self.namespace = namespace
        self.world = world
        self.as_of = as_of or (lambda _: contextlib.nullcontext())

    def answer(
        self, kind: str, params: Mapping[str, Any], tensors: Mapping[str, Tensor]
    ) -> tuple[dict[str, Any], Arrays]:
        """Return the answer to one request: its head and its arrays.

        Never raises for what the student's code does; that is part of the answer.
        """
        try:
            if kind == "world":
                return answer_of("ok", **self.world()), {}
            if kind == "batch":
                return self._batch(params["requests"], tensors)
            with self.as_of(SUBJECTS.get(kind, params.get("class", ""))), _left_as_found():
                values, arrays = HANDLERS[kind](self.namespace, params, tensors)
            return answer_of("ok", **values), {
                name: array.detach().contiguous().cpu().clone() for name, array in arrays.items()
            }
        except network.NotBuilt as error:
            return answer_of("missing", error), {}
        except PartAnswer as part:
            return answer_of("raised", part.__cause__, **part.values), {}
        except Exception as error:  # noqa: BLE001 - whatever student code raises is an answer
            return answer_of("raised", error), {}

    def _batch(
        self, asked: list[Mapping[str, Any]], tensors: Mapping[str, Tensor]
    ) -> tuple[dict[str, Any], Arrays]:
        """Answer several requests, each as if it were alone; array "3/x" is "x" of the fourth."""
        own: list[Arrays] = [{} for _ in asked]
        for name, tensor in tensors.items():
            number, _, rest = name.partition("/")
            own[int(number)][rest] = tensor
        heads, arrays = [], {}
        for i, (item, given) in enumerate(zip(asked, own, strict=True)):
            head, found = self.answer(item["kind"], item["params"], given)
            heads.append(head)
            arrays.update({f"{i}/{name}": array for name, array in found.items()})
        return answer_of("ok", answers=heads), arrays


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


def serve(agent: Agent, folder: str, nonce: str) -> None:
    """Answer the request in `folder` that bears `nonce`, by files beside it."""
    if not NONCE.match(nonce):
        raise ValueError(f"not a nonce: {nonce!r}")
    base = Path(folder) / nonce
    request = json.loads(base.with_suffix(".request.json").read_text("utf-8"))
    tensors = load_file(base.with_suffix(".request.safetensors"))
    head, arrays = agent.answer(request["kind"], request["params"], tensors)
    head["nonce"] = nonce
    save_file(arrays, base.with_suffix(".reply.safetensors"))
    base.with_suffix(".reply.json").write_text(json.dumps(head), "utf-8")
