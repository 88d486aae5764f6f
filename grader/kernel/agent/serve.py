"""Requests come in and answers go out: in the kernel through files, for the reference in memory.

What a request does is the assignment's: `handlers` is its module of that name, which lies beside
this one in the kernel.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from .errors import NotBuilt, PartAnswer, answer_of

NONCE = re.compile(r"[0-9a-f]{32}\Z")
Arrays = dict[str, np.ndarray[Any, Any]]
Namespace = dict[str, Any]


class Agent:
    """Answers requests about the objects in a namespace.

    Args:
        namespace: of the notebook.
        handlers: the assignment's `run`, `subject`, `CLASSES` and `HANDED_OUT`.
        as_of: puts the namespace back to what it was when the notebook last used a request's
            subject, for as long as the context is entered: a later part redefines helpers.
        world: what the stand-in changed.
    """

    def __init__(
        self,
        namespace: Namespace,
        handlers: Any,
        as_of: Callable[[str], contextlib.AbstractContextManager[Any]] | None = None,
        world: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        self.namespace = namespace
        self.handlers = handlers
        self.world = world
        self.as_of = as_of or (lambda _: contextlib.nullcontext())

    def answer(
        self, kind: str, params: Mapping[str, Any], arrays: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Arrays]:
        """Return the answer to one request: its head and its arrays.

        Never raises for what the student's code does; that is part of the answer.
        """
        given = self.handlers.HANDED_OUT
        try:
            if kind == "world":
                return answer_of("ok", **self.world()), {}
            if kind == "batch":
                return self._batch(params["requests"], arrays)
            with self.as_of(self.handlers.subject(kind, params)):
                values, found = self.handlers.run(kind, self.namespace, params, arrays)
            return answer_of("ok", **values), found
        except NotBuilt as error:
            return answer_of("missing", error, given), {}
        except PartAnswer as part:
            return answer_of("raised", part.__cause__, given, **part.values), {}
        except Exception as error:  # noqa: BLE001 - whatever student code raises is an answer
            return answer_of("raised", error, given), {}

    def _batch(
        self, asked: list[Mapping[str, Any]], arrays: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Arrays]:
        """Answer several requests, each as if it were alone; array "3/x" is "x" of the fourth."""
        own: list[Arrays] = [{} for _ in asked]
        for name, array in arrays.items():
            number, _, rest = name.partition("/")
            own[int(number)][rest] = array
        heads, found = [], {}
        for i, (item, given) in enumerate(zip(asked, own, strict=True)):
            head, answered = self.answer(item["kind"], item["params"], given)
            heads.append(head)
            found.update({f"{i}/{name}": array for name, array in answered.items()})
        return answer_of("ok", answers=heads), found


def serve(agent: Agent, folder: str, nonce: str) -> None:
    """Answer the request in `folder` that bears `nonce`, by files beside it."""
    if not NONCE.match(nonce):
        raise ValueError(f"not a nonce: {nonce!r}")
    base = Path(folder) / nonce
    request = json.loads(base.with_suffix(".request.json").read_text("utf-8"))
    arrays = load_file(base.with_suffix(".request.safetensors"))
    head, found = agent.answer(request["kind"], request["params"], arrays)
    head["nonce"] = nonce
    save_file(found, base.with_suffix(".reply.safetensors"))
    base.with_suffix(".reply.json").write_text(json.dumps(head), "utf-8")
