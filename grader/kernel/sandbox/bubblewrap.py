"""The kernel provisioner for notebooks that nobody has to trust."""

import asyncio
import signal
import weakref
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Instance

from grader.kernel.sandbox.errors import SandboxError
from grader.kernel.sandbox.jail import Jail
from grader.kernel.sandbox.launcher import START_SECONDS
from grader.kernel.sandbox.settings import SandboxSettings
from grader.kernel.sandbox.sockets import claim


class BubblewrapProvisioner(LocalProvisioner):
    """Runs a kernel in a bubblewrap sandbox and talks to it through Unix sockets.

    Every launch, a restart too, gets a new sandbox with new sockets: nothing that a notebook did to
    the old ones matters.
    """

    settings = Instance(SandboxSettings)
    jail_class = Jail

    _jail: Jail | None = None
    _killed_for: str | None = None

    @property
    def killed_for(self) -> str | None:
        """'memory' or 'disk' if the sandbox was ended for using too much, else None."""
        return self._jail.killed_for if self._jail else self._killed_for

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Make the sandbox's folders and point the kernel manager at them."""
        manager = self.parent
        if manager is None:
            raise SandboxError("a sandboxed kernel needs a kernel manager; use kernel_manager()")
        self._close()
        self._jail = self.jail_class(self.settings)
        weakref.finalize(self, self._jail.close)
        try:
            manager.sockets = None
            manager.transport, manager.cache_ports = "ipc", False
            manager.connection_file = str(self._jail.connection / "c.json")
            manager.ip = str(self._jail.connection / "s")
            kwargs = await super().pre_launch(**kwargs)
        except BaseException:
            self._close()
            raise
        return {"cmd": kwargs["cmd"]}  # environment and folder are the sandbox's own

    async def launch_kernel(self, cmd: list[str], **_: Any) -> KernelConnectionInfo:
        """Start the kernel; returns once the sandbox stands and the interpreter starts.

        Raises:
            SandboxError: it could not be set up; says why. Nothing is left behind.
        """
        if self._jail is None:
            raise SandboxError("launch_kernel() needs pre_launch() first")
        try:
            launched = await asyncio.wrap_future(self._jail.start(cmd))
        except BaseException:
            self._close()
            raise
        self.process = launched.process
        self.pid = self.pgid = launched.process.pid
        self.cwd = "/"
        await self._claim_sockets(self._jail)
        return self.connection_info

    async def _claim_sockets(self, jail: Jail) -> None:
        manager: Any = self.parent
        place = Path(manager.ip)
        ports = [manager.ports[number] for number in range(5)]
        names = [f"{place.name}-{port}" for port in ports]
        await claim(names, place.parent, jail.sockets, jail.alive, START_SECONDS)
        manager.sockets = jail.sockets

    async def send_signal(self, signum: int) -> None:
        """End the sandbox for any signal but SIGINT, which would hit bubblewrap and not the kernel.

        The kernel is interrupted by a message instead.
        """
        if self._jail and signum not in {0, signal.SIGINT}:
            self._jail.kill()

    def end_now(self) -> None:
        """End everything inside; for any thread, returns at once."""
        if self._jail:
            self._jail.kill()

    async def cleanup(self, restart: bool = False) -> None:
        """End what still runs and remove every trace."""
        self._close()
        await super().cleanup(restart)

    def _close(self) -> None:
        jail, self._jail = self._jail, None
        if jail:
            try:
                jail.close()
            finally:
                self._killed_for = jail.killed_for
