"""Kernels that cannot reach the grader, the reference, the network or another student's work.

`bubblewrap` is the sandbox; `none` is for one's own notebook. Neither is ever chosen because the
other failed.
"""

from typing import TYPE_CHECKING

from grader.sandbox.errors import ExposedPathError, SandboxError, SandboxUnavailable
from grader.sandbox.folders import remove_tree
from grader.sandbox.settings import Limits, SandboxSettings

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
]


def choose_isolation(requested: str) -> str:
    """Decide how notebooks are isolated: 'bubblewrap' or 'none'.

    Args:
        requested: 'auto' or 'bubblewrap' for the sandbox, which is tried out, or 'none'.

    Raises:
        SandboxUnavailable: the sandbox does not work here; one line with the reason and remedy.
        ValueError: an unknown request.
    """
    if requested == "none":
        return "none"
    if requested not in {"auto", "bubblewrap"}:
        raise ValueError(f"sandbox is {requested!r}; use 'auto', 'bubblewrap' or 'none'")
    from grader.sandbox.probe import probe  # only where it is needed

    probe()
    return "bubblewrap"


def kernel_manager(isolation: str, settings: SandboxSettings) -> "AsyncKernelManager":
    """A kernel manager for one kernel, not yet started; see `grader.sandbox.spec`."""
    from grader.sandbox import spec  # jupyter_client is slow to import

    return spec.kernel_manager(isolation, settings)
