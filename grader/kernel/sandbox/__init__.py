"""Kernels that cannot reach the grader, the reference, the network or another student's work.

`bubblewrap` is the sandbox; `uid` does what can be done inside a container that allows no other;
`none` is for one's own notebook. None is ever chosen because another failed.
"""

import sys
from typing import TYPE_CHECKING

from grader.kernel.sandbox.errors import ExposedPathError, SandboxError, SandboxUnavailable
from grader.kernel.sandbox.folders import remove_tree
from grader.kernel.sandbox.settings import Limits, SandboxSettings

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager

__all__ = [
    "ExposedPathError",
    "Limits",
    "SandboxError",
    "SandboxSettings",
    "SandboxUnavailable",
    "choose_isolation",
    "kernel_manager",
    "remove_tree",
    "start_anew",
]


def choose_isolation(requested: str) -> str:
    """Decide how notebooks are isolated: 'bubblewrap', 'uid' or 'none'.

    Args:
        requested: 'auto' or 'bubblewrap' for the sandbox, 'uid' for the lesser one, which are tried
            out, or 'none'.

    Raises:
        SandboxUnavailable: the sandbox does not work here; one line with the reason and remedy.
        ValueError: an unknown request.
    """
    if requested == "none":
        return "none"
    if requested not in {"auto", "bubblewrap", "uid"}:
        raise ValueError(f"sandbox is {requested!r}; use 'auto', 'bubblewrap', 'uid' or 'none'")
    from grader.kernel.sandbox.probe import probe

    tier = "uid" if requested == "uid" else "bubblewrap"
    probe(tier)
    return tier


def kernel_manager(isolation: str, settings: SandboxSettings) -> "AsyncKernelManager":
    """A kernel manager for one kernel, not yet started; see `grader.kernel.sandbox.spec`."""
    from grader.kernel.sandbox import spec

    return spec.kernel_manager(isolation, settings)


def start_anew() -> None:
    """From now on start this process's kernels afresh and fork none, see `forks.py`."""
    if forks := sys.modules.get("grader.kernel.sandbox.forks"):
        forks.stop()
