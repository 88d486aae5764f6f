"""The kernel provisioner without isolation, for one's own notebook only, on any system.

The notebook runs with all the rights of the person who runs the grader. What it gets here is the
same world as in the sandbox (folders, environment), so that it behaves the same.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Instance

from grader.kernel.sandbox.folders import remove_tree
from grader.kernel.sandbox.interpreter import extra_package_folders
from grader.kernel.sandbox.settings import SandboxSettings, kernel_environment

# What a system or a GPU driver needs to start a program at all; never a token.
KEPT = (
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "LD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES",
)


class PlainProvisioner(LocalProvisioner):
    """Runs a kernel as an ordinary child process with a home folder of its own."""

    settings = Instance(SandboxSettings)

    killed_for: str | None = None
    _home: str | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Prepare the home folder, the environment and the working folder."""
        self._remove_home()
        self._home = tempfile.mkdtemp(prefix="k-")
        weakref.finalize(self, shutil.rmtree, self._home, ignore_errors=True)
        try:
            kwargs = await super().pre_launch(**kwargs)
        except BaseException:
            self._remove_home()
            raise
        kwargs.update(
            env=_environment(self.settings, self._home),
            cwd=str(self.settings.scratch.resolve()),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return kwargs

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the kernel; a failed start leaves no folder behind."""
        try:
            return await super().launch_kernel(cmd, **kwargs)
        except BaseException:
            self._remove_home()
            raise

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the home folder."""
        await super().cleanup(restart)
        self._remove_home()

    def _remove_home(self) -> None:
        home, self._home = self._home, None
        if home:
            with contextlib.suppress(OSError):  # a process that it left behind may still write
                remove_tree(Path(home))


def _environment(settings: SandboxSettings, home: str) -> dict[str, str]:
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment |= kernel_environment(settings, settings.host_config(), home)
    # Windows asks these for a home and a temporary folder.
    environment |= dict.fromkeys(("USERPROFILE", "TEMP", "TMP", "TMPDIR"), home)
    paths = [settings.kernel_side.resolve() / "bin", Path(sys.executable).parent]
    environment["PATH"] = os.pathsep.join([*map(str, paths), os.environ.get("PATH", os.defpath)])
    if extra := extra_package_folders():
        environment["PYTHONPATH"] = os.pathsep.join(map(str, extra))
    return environment
