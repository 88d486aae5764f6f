"""The grader's end of a connection: bounded sockets, honest liveness, a guard on memory."""

import asyncio
import time
from queue import Empty
from unittest.mock import Mock

import pytest
import zmq
import zmq.asyncio
from jupyter_client.connect import ConnectionFileMixin
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.session import Session

from grader.kernel.sandbox.bubblewrap import BubblewrapProvisioner
from grader.kernel.sandbox.none import PlainProvisioner
from grader.kernel.sandbox.uiddrop import UidProvisioner
from grader.kernel.session import connection, messages
from grader.kernel.session.connection import (
    BoundedClient,
    BoundedManager,
    Gauge,
    GuardedChannel,
    MemoryGuard,
    limited,
)


@pytest.fixture
def line():
    """A channel, and the other end of it."""
    context = zmq.asyncio.Context()
    other, mine = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
    other.bind("inproc://line")
    mine.connect("inproc://line")
    yield GuardedChannel(mine, Session(key=b"k")), other
    context.destroy(linger=0)


GOOD = [
    b"t", messages.DELIMITER, b"",
    b'{"msg_type": "status", "msg_id": "m"}', b'{"msg_id": "p"}', b"{}",
    b'{"execution_state": "idle"}',
]  # fmt: skip


def test_only_messages_arrive(line):
    channel, other = line

    async def run():
        for frames in ([b"x"], GOOD[:-1], [*GOOD[:-1], b"[]"], GOOD):
            await other.send_multipart(frames)
        message = await channel.get_msg(timeout=5)
        with pytest.raises(Empty):
            await channel.get_msg(timeout=0.05)
        return message

    assert asyncio.run(run())["content"] == {"execution_state": "idle"}
    assert channel.gauge.messages == 4


def test_a_deadline_holds_against_messages_without_end(line):
    """Each one is malformed, so none is returned, and there is always a next."""
    channel, other = line

    async def flood():
        while True:
            await other.send_multipart([b"x"])
            await asyncio.sleep(0)

    async def run():
        task = asyncio.ensure_future(flood())
        started = time.monotonic()
        with pytest.raises(Empty):
            await channel.get_msg(timeout=0.3)
        task.cancel()
        return time.monotonic() - started

    assert asyncio.run(run()) < 60


def test_a_channel_that_carried_too_much_is_silent(line):
    channel, other = line
    channel.gauge.bytes = 3 * connection.TOTAL_BYTES

    async def run():
        await other.send_multipart(GOOD)
        with pytest.raises(Empty):
            await channel.get_msg(timeout=0.05)

    assert channel.gauge.flooded
    asyncio.run(run())


@pytest.mark.parametrize(
    ("channel", "bytes_", "queued"),
    [("iopub", 8 << 20, 20), ("shell", 8 << 20, 1), ("control", 1 << 16, 1), ("stdin", 1 << 16, 1)],
)
def test_a_socket_is_bounded_before_it_connects(channel, bytes_, queued):
    with zmq.Context() as context:
        with limited(context, channel), context.socket(zmq.DEALER) as socket:
            given = socket.getsockopt(zmq.MAXMSGSIZE), socket.getsockopt(zmq.RCVHWM)
        assert given == (bytes_, queued)
        assert context.sockopts == {}  # what others make keeps its own limits


def test_a_socket_connects_once(monkeypatch):
    """Connected twice under one identity, a kernel may answer on the connection that is gone."""
    made = []

    def create(self, channel, identity=None):
        made.append((channel, self.context.sockopts[zmq.RCVHWM]))
        return Mock(spec=["get_monitor_socket"])  # so that `connect` would fail

    monkeypatch.setattr(ConnectionFileMixin, "_create_connected_socket", create)
    BoundedClient()._create_connected_socket("shell")
    assert made == [("shell", 1)]


def test_nothing_can_be_sent_to_a_kernel_that_does_not_read(tmp_path):
    with zmq.asyncio.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.setsockopt(zmq.SNDTIMEO, 10)
        socket.linger = 0
        channel = GuardedChannel(socket, Session(key=b"k"))
        channel.send(Session(key=b"k").msg("x"))  # connected to nobody
        assert channel.broken


def test_the_guard_ends_the_kernel_when_memory_grows(monkeypatch):
    size = [100 << 20]
    monkeypatch.setattr(connection, "resident", lambda: size[0])
    monkeypatch.setattr(connection, "GUARD_SECONDS", 0.01)
    ended = []
    guard = MemoryGuard(lambda: ended.append(True))
    guard.start()
    time.sleep(0.05)
    assert not guard.tripped
    size[0] += connection.GROWTH_BYTES + 1
    guard.join(5)
    assert (guard.tripped, ended) == (True, [True])


def test_memory_that_was_there_before_does_not_count(monkeypatch):
    monkeypatch.setattr(connection, "resident", lambda: 2 << 30)
    guard = MemoryGuard(pytest.fail)
    guard.begin()
    guard.start()
    time.sleep(0.15)
    guard.stop()
    guard.join(5)
    assert not guard.tripped


@pytest.mark.parametrize(
    ("provisioner", "guarded"),
    [(BubblewrapProvisioner, True), (UidProvisioner, True), (PlainProvisioner, False)],
)
def test_memory_is_watched_where_the_notebook_is_somebody_elses(provisioner, guarded, tmp_path):
    """`grader check` imports and judges beside the kernel: its own growth ends nobody's kernel."""
    manager = BoundedManager(transport="ipc")
    manager.provisioner = provisioner(parent=manager, kernel_spec=KernelSpec())
    client = BoundedClient(parent=manager, transport="ipc", ip=str(tmp_path / "s"))
    client.start_channels()
    try:
        assert client._guard.is_alive() is guarded
    finally:
        client.stop_channels()


def test_the_clients_channels_are_guarded():
    client = BoundedClient()
    assert issubclass(client.iopub_channel_class, GuardedChannel)
    assert issubclass(client.shell_channel_class, GuardedChannel)


def test_a_gauge_counts_messages_and_bytes():
    gauge = Gauge()
    gauge.count([b"ab", b"c"])
    assert (gauge.messages, gauge.bytes, gauge.flooded) == (1, 3, False)
    gauge.messages = 3 * connection.TOTAL_MESSAGES
    assert gauge.flooded
