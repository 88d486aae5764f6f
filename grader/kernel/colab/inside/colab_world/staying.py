"""What would end a kernel politely, limit it, or wait for a person, and does not.

Why: Jupyter goes on after `exit()` in the middle of a notebook, with a fresh kernel that the next
run fills again; a kernel that is asked questions afterwards must still hold what was defined.
"""

from __future__ import annotations

import importlib
from typing import Any

from .notes import note
from .patches import replace


def install(shell: Any) -> None:
    """Let IPython's `shell`, and its kernel, go on after what would end or stop them."""
    shell.ask_exit = lambda: note("exit", "the kernel goes on")
    shell.kernel.do_shutdown = _not_shut_down
    shell.kernel.raw_input = shell.kernel.getpass = _empty_line
    _leave_limits()


def _not_shut_down(restart: bool) -> dict[str, Any]:
    note("exit", "the kernel goes on")
    return {"status": "ok", "restart": restart}


def _empty_line(prompt: object = "", *_: object, **__: object) -> str:
    """Answer `input()` as somebody does who only presses Enter."""
    note("input", "an empty line is the answer")
    print(prompt)
    return ""


def _leave_limits() -> None:
    try:
        resource = importlib.import_module("resource")
    except ImportError:  # Windows has none
        return
    replace(resource, "setrlimit", lambda _: _same_limits)
    replace(resource, "prlimit", _reading)


def _same_limits(_kind: int, _limits: object) -> None:
    note("limits", "resource.setrlimit changes nothing")


def _reading(original: Any) -> Any:
    return lambda pid, kind, *_: original(pid, kind)
