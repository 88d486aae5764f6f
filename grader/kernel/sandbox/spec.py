"""A kernel specification that exists only in memory, and the kernel manager that uses it."""

import sys
import uuid
from importlib import import_module
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from grader.kernel.sandbox.settings import COLAB, SandboxSettings
from grader.kernel.session.connection import BoundedClient, BoundedManager

KERNEL_NAME = "grader"
PROVISIONERS = {
    "bubblewrap": ("bubblewrap", "BubblewrapProvisioner"),
    "uid": ("uiddrop", "UidProvisioner"),
    "none": ("none", "PlainProvisioner"),
}


class OneKernelSpecManager(KernelSpecManager):
    """Knows one kernel and gives it for every name: a notebook's metadata cannot choose another."""

    def __init__(self, spec: KernelSpec, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spec = spec

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002 - see the class
        """The one specification."""
        return self._spec

    def find_kernel_specs(self) -> dict[str, str]:
        """Its name; there is no folder."""
        return {KERNEL_NAME: ""}


def kernel_spec(isolation: str, settings: SandboxSettings) -> KernelSpec:
    """The specification of a kernel.

    Args:
        isolation: 'bubblewrap', 'uid' or 'none'.
        settings: handed to the provisioner.
    """
    if isolation not in PROVISIONERS:
        raise ValueError(f"isolation is {isolation!r}; use 'bubblewrap', 'uid' or 'none'")
    inside = isolation == "bubblewrap"
    folder = COLAB if inside else settings.kernel_side.resolve()
    provisioner = {"provisioner_name": f"grader-{isolation}", "config": {"settings": settings}}
    return KernelSpec(
        argv=[sys.executable, str(folder / "launch.py"), "-f", "{connection_file}"],
        name=KERNEL_NAME,
        display_name=KERNEL_NAME,
        language="python",
        interrupt_mode="message",
        metadata={"kernel_provisioner": provisioner},
    )


def kernel_manager(isolation: str, settings: SandboxSettings) -> AsyncKernelManager:
    """A manager for one kernel, not yet started; `nbclient.NotebookClient(nb, km=...)` takes it.

    Args:
        isolation: what `choose_isolation` returned.
        settings: the kernel's world. Each kernel needs its own `scratch` and `exchange`.

    Raises:
        ValueError: an unknown isolation.
    """
    spec = kernel_spec(isolation, settings)
    specs = OneKernelSpecManager(spec)
    manager = BoundedManager(kernel_name=KERNEL_NAME, kernel_spec_manager=specs)
    manager.client_factory = BoundedClient
    manager.kernel_id = str(uuid.uuid4())
    # Made here rather than looked up by name among what is installed: that could be outdated.
    manager.provisioner = provisioner_class(isolation)(
        kernel_id=manager.kernel_id, kernel_spec=spec, parent=manager, settings=settings
    )
    return manager


def provisioner_class(isolation: str) -> Any:
    """The class that starts kernels in one tier."""
    module, name = PROVISIONERS[isolation]
    return getattr(import_module(f"grader.kernel.sandbox.{module}"), name)
