"""A kernel's sockets are moved to where it cannot exchange them."""

import asyncio
import socket

import pytest

from grader.kernel.sandbox.sockets import claim

NAMES = ["s-1", "s-2"]


@pytest.fixture
def folders(tmp_path):
    inside, outside = tmp_path / "c", tmp_path / "h"
    inside.mkdir()
    outside.mkdir()
    return inside, outside


def listen(path):
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()
    return server


def test_a_moved_socket_is_the_same_one(folders):
    inside, outside = folders
    servers = [listen(inside / name) for name in NAMES]
    asyncio.run(claim(NAMES, inside, outside, lambda: True, 5))
    assert list(inside.iterdir()) == []
    for server, name in zip(servers, NAMES, strict=True):
        with server, socket.socket(socket.AF_UNIX) as client:
            client.connect(str(outside / name))


def test_it_waits_for_the_sockets(folders):
    inside, outside = folders

    async def later():
        await asyncio.sleep(0.1)
        return [listen(inside / name) for name in NAMES]

    async def both():
        return await asyncio.gather(later(), claim(NAMES, inside, outside, lambda: True, 5))

    for server in asyncio.run(both())[0]:
        server.close()
    assert {path.name for path in outside.iterdir()} == set(NAMES)


def test_a_dead_kernel_is_not_waited_for(folders):
    asyncio.run(asyncio.wait_for(claim(NAMES, *folders, lambda: False, 60), 2))


def test_links_and_files_are_not_taken(folders, tmp_path):
    inside, outside = folders
    with listen(tmp_path / "other"):
        (inside / "s-1").symlink_to(tmp_path / "other")
        (inside / "s-2").write_text("x")
        asyncio.run(claim(NAMES, inside, outside, lambda: True, 0.1))
    assert list(outside.iterdir()) == []


def test_a_running_kernel_has_no_socket_within_reach(shared):
    code = """
import os, stat, sys
folder = os.path.dirname(sys.argv[sys.argv.index("-f") + 1])
names = os.listdir(folder)
print(names, [n for n in names if stat.S_ISSOCK(os.lstat(os.path.join(folder, n)).st_mode)])
"""
    assert shared.run(code) == "['c.json'] []"
