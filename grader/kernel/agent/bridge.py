"""Joins the agent to the kernel it runs in: `serve(nonce)` is all that is ever called there."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from collections import ChainMap
from collections.abc import Callable, Collection
from types import ModuleType
from typing import Any

from .serve import Agent
from .serve import serve as serve_files

OWN_FOLDER = "/content/"


def _as_of() -> Callable[[str], contextlib.AbstractContextManager[Any]] | None:
    try:
        from colab_world import history
    except ImportError:
        return None
    return history.as_of  # type: ignore[no-any-return]


def _silently() -> contextlib.AbstractContextManager[Any]:
    """Return a context in which what stands for an absent package accepts every use."""
    try:
        from colab_world import absent
    except ImportError:
        return contextlib.nullcontext()
    return absent.silently()  # type: ignore[no-any-return]


def _world() -> dict[str, Any]:
    """Return what the stand-in changed, and which optimizers the notebook's own cells made."""
    try:
        from colab_world import optimizers, transforms
    except ImportError:
        return {}
    made = [
        {key: record[key] for key in ("class", "cell", "given", "error")}
        for record in optimizers.records[:50]
    ]
    return {"transforms": transforms.applied[:200], "optimizers": made}


def _names(names: dict[str, Any], classes: Collection[str]) -> Any:
    """Return the notebook's names, and behind them the classes of modules of the student's own.

    A class that is imported leaves those that it is made of in its module.
    """
    found: dict[str, Any] = {}
    modules = [m for m in list(sys.modules.values()) if isinstance(m, ModuleType)]
    for module in modules:  # vars: to ask a module for a name may run its code
        if OWN_FOLDER in str(vars(module).get("__file__")):
            found = {n: v for n, v in vars(module).items() if n in classes} | found
    return ChainMap(names, found)


def serve(nonce: str) -> None:
    """Answer the request with this nonce in the exchange folder of the kernel's settings."""
    from IPython import get_ipython

    folder = json.loads(os.environ["COLAB_CONFIG"])["io"]
    shell = get_ipython()
    with _silently():
        # The assignment's: it lies beside this file in the kernel, and nowhere else.
        handlers = importlib.import_module(".handlers", __package__)
        names = _names(shell.user_ns, handlers.CLASSES)
        serve_files(Agent(names, handlers, _as_of(), _world), folder, nonce)
