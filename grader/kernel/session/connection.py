"""The grader's end of a kernel's connection: bounded, whatever the kernel sends.

Messages larger than `MESSAGE_BYTES` are never received, few are queued, malformed ones are
dropped, and a kernel that sends without end, on whatever channel and in whoever's name, is ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.manager import AsyncKernelManager
from traitlets import Type

from grader.kernel.session import messages
from grader.kernel.session.flood import TOTAL_BYTES, TOTAL_MESSAGES

MESSAGE_BYTES = 8 << 20
QUEUED_MESSAGES = 20  # on the channel of outputs, waiting to be read; one on the others
SEND_MILLISECONDS = 5000
MOST_DROPS = 2  # of connections in one cell, each for a message larger than MESSAGE_BYTES
GROWTH_BYTES = 300 << 20  # of the grader, while it waits for a cell
GUARD_SECONDS = 0.05
_UNREAD = {"control", "stdin"}  # channels on which nobody listens: they may queue next to nothing
_NEVER = 1e6  # seconds; the cell is given up long before
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0  # not on Windows


class Gauge:
    """Counts everything that arrives from a kernel while one cell runs."""

    def __init__(self) -> None:
        self.bytes = 0
        self.messages = 0

    def count(self, frames: list[bytes]) -> None:
        """Count one message."""
        self.messages += 1
        self.bytes += sum(map(len, frames))

    @property
    def flooded(self) -> bool:
        """Return whether it was more than any cell may send."""
        return self.bytes > 2 * TOTAL_BYTES or self.messages > 2 * TOTAL_MESSAGES


class GuardedChannel(AsyncZMQSocketChannel):
    """A channel on which only well-formed messages arrive, and not without end.

    Once it has carried too much it is silent: then the client says that the kernel is dead.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gauge = Gauge()
        self.broken = False  # nothing can be sent any more

    def send(self, msg: dict[str, Any]) -> None:
        """Send a message; if that cannot be done the kernel counts as dead."""
        try:
            super().send(msg)
        except zmq.ZMQError:  # it does not read, or wrote nonsense over its own connection
            self.broken = True

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:  # type: ignore[override]
        """Return the next message that is one. Raises Empty if none comes in time."""
        end = None if timeout is None else time.monotonic() + timeout
        while self.socket is not None:
            left = None if end is None else max(0.0, end - time.monotonic())
            if self.gauge.flooded:
                await asyncio.sleep(_NEVER if left is None else left)
                break
            if not await self.socket.poll(None if left is None else int(left * 1000)):
                break
            frames = await self.socket.recv_multipart()
            self.gauge.count(frames)
            await asyncio.sleep(0)  # deadlines must run even when there is always a next message
            message = messages.read(frames)
            if message is not None:
                return message
            if end is not None and time.monotonic() >= end:
                break
        raise Empty


class MemoryGuard(threading.Thread):
    """Ends the kernel when the grader's own memory grows while it waits for a cell.

    zmq counts neither the parts of a message nor the bytes of one that never ends, so no option of
    a socket bounds what a kernel that speaks the wire protocol itself can make us hold.
    """

    def __init__(self, end: Callable[[], None]) -> None:
        super().__init__(name="memory-guard", daemon=True)
        self.tripped = False
        self._end = end
        self._over = threading.Event()
        self._before = resident()

    def begin(self) -> None:
        """Measure growth from now on."""
        self._before = resident()

    def run(self) -> None:
        """Look until there is too much, or `stop()` is called."""
        while not self._over.wait(GUARD_SECONDS):
            if resident() - self._before > GROWTH_BYTES:
                self.tripped = True
                self._end()
                return

    def stop(self) -> None:
        """End the thread."""
        self._over.set()


def resident() -> int:
    """Return how many bytes this process holds in memory; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0


@contextlib.contextmanager
def limited(context: zmq.Context[Any], channel: str) -> Iterator[None]:
    """Give the sockets that are made meanwhile their limits, which hold only for later connections.

    A socket must not be connected, changed and connected again: the kernel may see both
    connections under one identity, and answer on the one that is gone.
    """
    limits: dict[int, int] = {
        zmq.MAXMSGSIZE: 1 << 16 if channel in _UNREAD else MESSAGE_BYTES,
        zmq.RCVHWM: QUEUED_MESSAGES if channel == "iopub" else 1,
        zmq.SNDTIMEO: SEND_MILLISECONDS,  # a lost connection must not block
    }
    before = dict(context.sockopts)
    context.sockopts.update(limits)
    try:
        yield
    finally:
        context.sockopts = before


class BoundedManager(AsyncKernelManager):
    """A kernel manager whose own connection, over which it interrupts, is bounded as well."""

    sockets: Path | None = None  # where the kernel's sockets are now, if they were moved

    def _make_url(self, channel: str) -> str:
        url = super()._make_url(channel)
        return url if self.sockets is None else f"ipc://{self.sockets / Path(url).name}"

    async def _async_interrupt_kernel(self) -> None:
        """Ask the kernel to stop what it does; one that does not listen is not asked."""
        with contextlib.suppress(zmq.ZMQError):
            await super()._async_interrupt_kernel()

    interrupt_kernel = _async_interrupt_kernel

    def _create_connected_socket(self, channel: str, identity: bytes | None = None) -> Any:
        with limited(self.context, channel):
            return super()._create_connected_socket(channel, identity)


class BoundedClient(AsyncKernelClient):
    """A kernel client whose sockets refuse large messages and do not queue many.

    zmq drops the connection, silently, when a message is too large; `dropped()` says so.
    """

    shell_channel_class = Type(GuardedChannel)
    iopub_channel_class = Type(GuardedChannel)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._monitors: dict[str, Any] = {}
        self._drops = {"iopub": 0, "shell": 0}  # connections lost since somebody asked
        self._drops_in_cell = 0

    def start_channels(self, *_: Any, **__: Any) -> None:
        """Connect the two channels that are read; nobody listens on the others."""
        super().start_channels(stdin=False, hb=False, control=False)
        self._guard = MemoryGuard(self._end_kernel)
        # One's own notebook needs no guard, and judging it beside its kernel takes memory.
        if hasattr(self._provisioner(), "end_now"):
            self._guard.start()
        self._count_anew()

    def stop_channels(self) -> None:
        """Close the connections."""
        self._guard.stop()
        super().stop_channels()

    def _count_anew(self) -> None:
        self.gauge = self.shell_channel.gauge = self.iopub_channel.gauge = Gauge()
        self._drops_in_cell = 0
        self._guard.begin()

    def _provisioner(self) -> Any:
        return getattr(self.parent, "provisioner", None)

    def _end_kernel(self) -> None:
        self._provisioner().end_now()

    def execute(self, code: str, *args: Any, **kwargs: Any) -> Any:
        """Send code to run; what arrives is counted from here."""
        self._count_anew()
        return super().execute(messages.plain(code), *args, **kwargs)

    @property
    def flooded(self) -> bool:
        """Return whether more has arrived than one cell may send."""
        self._count_drops()
        lost = self._drops_in_cell > MOST_DROPS
        return lost or self.gauge.flooded or self._guard.tripped

    async def is_alive(self) -> bool:
        """Return whether the kernel lives; one that floods or does not listen is given up."""
        lost = self.flooded or self.shell_channel.broken
        return not lost and await super().is_alive()

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return once the kernel has answered on both channels.

        Raises:
            RuntimeError: it does not within `timeout` seconds, or it is dead.
        """
        try:
            await asyncio.wait_for(self._answers(), timeout)
        except asyncio.TimeoutError:
            raise RuntimeError(f"the kernel did not answer within {timeout} s") from None

    async def _answers(self) -> None:
        while True:
            self.kernel_info()
            try:
                await self.shell_channel.get_msg(timeout=1)
                await self.iopub_channel.get_msg(timeout=0.2)
            except Empty:
                if not await self.is_alive():
                    raise RuntimeError("the kernel died before it answered") from None
            else:
                return

    def _make_url(self, channel: str) -> str:
        manager: Any = self.parent
        known = isinstance(manager, BoundedManager)
        return str(manager._make_url(channel) if known else super()._make_url(channel))  # noqa: SLF001

    def _create_connected_socket(self, channel: str, identity: bytes | None = None) -> Any:
        with limited(self.context, channel):
            socket: Any = super()._create_connected_socket(channel, identity)
        if channel in ("iopub", "shell"):
            self._monitors[channel] = socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        return socket

    def dropped(self, channel: str) -> bool:
        """Return whether the connection of "iopub" or "shell" broke since the last call."""
        self._count_drops()
        found, self._drops[channel] = self._drops[channel] > 0, 0
        return found

    def _count_drops(self) -> None:
        for channel, asynchronous in self._monitors.items():
            # a plain socket over the asyncio one: asking must not need a running loop
            monitor: zmq.Socket[bytes] = zmq.Socket.shadow(asynchronous.underlying)
            while monitor.poll(0):
                monitor.recv_multipart(zmq.NOBLOCK)
                self._drops[channel] += 1
                self._drops_in_cell += 1
                if channel == "iopub":  # zmq leaves it closed: what comes later would be lost too
                    self._connect_outputs_again()

    def _connect_outputs_again(self) -> None:
        socket: zmq.Socket[bytes] = zmq.Socket.shadow(self.iopub_channel.socket.underlying)
        address = self._make_url("iopub")
        with contextlib.suppress(zmq.ZMQError):
            socket.disconnect(address)
        socket.connect(address)
