"""Keeps a notebook's output from filling the grader's memory or its reports.

Three bounds: messages larger than `MESSAGE_BYTES` are never received, of each cell at most
`KEPT_BYTES` are kept, and a cell that goes on past `TOTAL_BYTES` or `TOTAL_MESSAGES` is stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient

MESSAGE_BYTES = 8 << 20
QUEUED_MESSAGES = 20  # on each socket, waiting to be read
SEND_MILLISECONDS = 5000
KEPT_BYTES = 1 << 20  # of one cell; a picture counts too
TOTAL_BYTES = 50 << 20
TOTAL_MESSAGES = 20_000
CUT = "[grader] output cut\n"


class BoundedClient(AsyncKernelClient):
    """A kernel client whose sockets refuse large messages and do not queue many.

    zmq drops the connection, silently, when a message is too large; `dropped()` says so.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._monitors: dict[str, Any] = {}

    def _create_connected_socket(self, channel: str, identity: bytes | None = None) -> Any:
        socket = super()._create_connected_socket(channel, identity)
        address = socket.getsockopt_string(zmq.LAST_ENDPOINT)
        socket.disconnect(address)  # the limits hold only for connections made after they are set
        socket.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES)
        socket.setsockopt(zmq.RCVHWM, QUEUED_MESSAGES)
        socket.setsockopt(zmq.SNDTIMEO, SEND_MILLISECONDS)  # a lost connection must not block
        if channel in ("iopub", "shell"):
            self._monitors[channel] = socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        socket.connect(address)
        return socket

    def dropped(self, channel: str) -> bool:
        """Return whether the connection of "iopub" or "shell" broke since the last call."""
        found = False
        if channel in self._monitors:
            # a plain socket over the asyncio one: asking must not need a running loop
            monitor: zmq.Socket[bytes] = zmq.Socket.shadow(self._monitors[channel].underlying)
            while monitor.poll(0):
                monitor.recv_multipart(zmq.NOBLOCK)
                found = True
        return found


class Meter:
    """Counts what one cell prints and shows, and says what to do with it."""

    def __init__(self) -> None:
        self.bytes = 0
        self.messages = 0
        self.cut = False

    def keeps(self, message: Mapping[str, Any]) -> bool:
        """Count a message; return whether its output is still kept."""
        self.messages += 1
        self.bytes += size(message.get("content", {}))
        if self.bytes > KEPT_BYTES:
            self.cut = True
        return not self.cut

    @property
    def flooded(self) -> bool:
        """Return whether the cell has printed so much that it must be stopped."""
        return self.bytes > TOTAL_BYTES or self.messages > TOTAL_MESSAGES


def size(value: Any, depth: int = 6) -> int:
    """Return about how many bytes the texts in a message's content take.

    >>> size({"name": "stdout", "text": "abcd"})
    18
    """
    if isinstance(value, str):
        return len(value)
    if depth and isinstance(value, Mapping):
        return sum(len(str(key)) + size(item, depth - 1) for key, item in value.items())
    if depth and isinstance(value, (list, tuple)):
        return sum(size(item, depth - 1) for item in value)
    return 8
