"""Lets a kernel start where not even a socket of the internet can be made.

ipykernel binds a port of the loopback address, over which forked children hand it what they print.
It goes on without when that raises; but libzmq ends the whole process when the system refuses such
a socket, before it can raise.
"""

from __future__ import annotations

import errno
import socket
from typing import Any, NoReturn


def refuse(*_: Any, **__: Any) -> NoReturn:
    """Raise what libzmq would raise if it did not abort."""
    import zmq

    raise zmq.ZMQError(errno.EAFNOSUPPORT)


def prepare() -> None:
    """Make ports fail politely, if sockets of the internet are refused here."""
    try:
        socket.socket(socket.AF_INET).close()
    except OSError:
        import zmq

        zmq.Socket.bind_to_random_port = refuse  # type: ignore[method-assign]
