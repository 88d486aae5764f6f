"""From start to end: nothing is left over, whatever happened in between."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from grader.kernel.sandbox import SandboxError, jail, kernel_manager, launcher
from grader.kernel.sandbox.watchdog import namespace_members

DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            with open("/content/beat", "a") as file:
                file.write("x")
            time.sleep(0.02)
    os._exit(0)
os.wait()
"""


@pytest.fixture(autouse=True)
def connections(monkeypatch) -> Iterator[Path]:
    """Where connection folders are made; each must be gone at the end of each test."""
    with tempfile.TemporaryDirectory(prefix="t-", dir="/tmp") as folder:
        monkeypatch.setattr(jail, "_short_folder", lambda: folder)
        yield Path(folder)
        assert list(Path(folder).iterdir()) == []


def namespace_of(kernel) -> str:
    """The process namespace of a running kernel, as the host names it."""
    return str(Path(f"/proc/{kernel.provisioner._jail._launched.init_pid}/ns/pid").readlink())


def living(namespace: str) -> list[int]:
    """Its processes but for a dead one whose parent has not asked for its end yet."""
    members = namespace_members(namespace)
    return [pid for pid in members if "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()]


@pytest.mark.parametrize("end", ["immediate", "graceful"])
def test_nothing_survives_a_shutdown(running, world, eventually, connections, end):
    settings = world()
    beat = settings.scratch / "beat"
    with running(settings) as kernel:
        kernel.client.shutdown_kernel = end
        kernel.run(DAEMON)
        namespace = namespace_of(kernel)
        assert eventually(beat.exists, 5)
        assert len(living(namespace)) == 3  # bubblewrap's first, kernel, daemon
        assert len(list(connections.iterdir())) == 1
    assert living(namespace) == []
    size = beat.stat().st_size
    time.sleep(0.2)
    assert beat.stat().st_size == size


@pytest.mark.parametrize("death", ["os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_death_of_the_kernel_is_noticed(running, world, death):
    with running(world()) as kernel:
        started = time.monotonic()
        with pytest.raises(DeadKernelError):
            kernel.run(f"import os; {death}")
        assert time.monotonic() - started < 60
        assert kernel.provisioner.killed_for is None


def test_a_loop_is_interrupted_and_the_next_cell_runs(running, world):
    with running(world()) as kernel:
        kernel.client.timeout = 1
        kernel.client.interrupt_on_timeout = True
        assert kernel.attempt("while True: pass") == "KeyboardInterrupt"
        kernel.client.timeout = 30
        assert kernel.run("print('next')") == "next"


@pytest.mark.parametrize(
    "code",
    [
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
    ],
)
def test_a_kernel_that_refuses_to_end_is_ended(running, world, code):
    with running(world()) as kernel:
        namespace = namespace_of(kernel)
        kernel.client.timeout = 1
        with pytest.raises(CellTimeoutError):
            kernel.run(code)
        started = time.monotonic()
    assert time.monotonic() - started < 60
    assert living(namespace) == []


def test_two_kernels_do_not_see_each_other(running, world):
    mark = "for place in ('/content', '/io', '/tmp', '/dev/shm'):\n    open(place + '/mine', 'w')"
    look = "import glob; print(glob.glob('/*/mine') + glob.glob('/dev/shm/mine'))"
    processes = "import os; print(sorted(name for name in os.listdir('/proc') if name.isdigit()))"
    with running(world("one")) as one, running(world("two")) as two:
        one.run(mark)
        assert len(one.run(look).split()) == 4
        assert two.run(look) == "[]"
        assert one.run(processes) == two.run(processes)
        folder = str(Path(one.manager.connection_file).parent)
        assert two.attempt(f"import os; os.listdir({folder!r})") == "FileNotFoundError"
        users = [int(kernel.run("print(os.getuid())")) for kernel in (one, two)]
    if os.geteuid() == 0:
        assert len({*users, 0}) == 3


def test_a_restart_gets_a_new_sandbox(bubblewrap, world):
    manager = kernel_manager("bubblewrap", world())

    async def restart() -> tuple[str, str]:
        await manager.start_kernel()
        first = manager.connection_file
        await manager.restart_kernel(now=True)
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=30)
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return first, manager.connection_file

    first, second = asyncio.run(restart())
    assert first != second


def test_a_sandbox_that_cannot_be_set_up_says_why_and_leaves_nothing(bubblewrap, world):
    settings = world()
    settings.data.rmdir()
    manager = kernel_manager("bubblewrap", settings)
    with pytest.raises(ValueError, match=str(settings.data)):
        asyncio.run(manager.start_kernel())


def test_a_failure_inside_bubblewrap_is_told_in_its_words(bubblewrap, world, monkeypatch):
    monkeypatch.setattr(launcher, "seccomp_filter", lambda: b"not a program")
    manager = kernel_manager("bubblewrap", world())
    with pytest.raises(SandboxError, match=r"could not be set up: bwrap: .*seccomp"):
        asyncio.run(manager.start_kernel())


def test_a_kernel_outlives_the_thread_that_started_it(bubblewrap, world):
    manager = kernel_manager("bubblewrap", world())
    thread = threading.Thread(target=lambda: asyncio.run(manager.start_kernel()))
    thread.start()
    thread.join()
    time.sleep(0.5)
    assert asyncio.run(manager.is_alive())
    asyncio.run(manager.shutdown_kernel(now=True))
    assert not asyncio.run(manager.is_alive())


GRADER = """
import asyncio, os, sys
from pathlib import Path
from grader.kernel.sandbox import SandboxSettings, kernel_manager
folders = [Path(sys.argv[1], name) for name in ("scratch", "exchange", "kernel_side", "data")]
manager = kernel_manager("bubblewrap", SandboxSettings(*folders))
asyncio.run(manager.start_kernel())
jail = manager.provisioner._jail
print(os.readlink(f"/proc/{jail._launched.init_pid}/ns/pid"), jail.connection.parent, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, None])
def test_nothing_survives_the_grader(bubblewrap, world, eventually, end):
    """However it ends; a killed one can leave its (small) connection folder."""
    folder = world().scratch.parent
    command = [sys.executable, "-c", GRADER, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as grader:
        namespace, connection = grader.stdout.readline().split()
        assert len(living(namespace)) >= 2
        if end:
            grader.send_signal(end)
    assert eventually(lambda: living(namespace) == [], 5)
    if end != signal.SIGKILL:
        assert not Path(connection).exists()
    else:
        subprocess.run(["rm", "-r", connection], check=True)


def test_a_connection_folder_full_of_traps_is_removed(running, world):
    """Nested past the recursion limit, closed, and with links to elsewhere."""
    settings = world()
    (settings.exchange / "kept").write_text("kept")
    with running(settings) as kernel:
        folder = str(Path(kernel.manager.connection_file).parent)
        kernel.run(f"""
import os
os.symlink({str(settings.exchange)!r}, {folder!r} + "/link")
os.makedirs({folder!r} + "/closed/inner")
os.chmod({folder!r} + "/closed", 0)
os.chdir({folder!r})
for _ in range(1500):
    os.mkdir("dd")
    os.chdir("dd")
os.chdir("/")
""")
    assert (settings.exchange / "kept").read_text() == "kept"


FORKED = """
import asyncio, os, sys
from pathlib import Path
from grader.kernel.sandbox import SandboxSettings, kernel_manager
folders = [Path(sys.argv[1], name) for name in ("scratch", "exchange", "kernel_side", "data")]

def start_and_end():
    manager = kernel_manager("bubblewrap", SandboxSettings(*folders))
    asyncio.run(manager.start_kernel())
    alive = asyncio.run(manager.is_alive())
    asyncio.run(manager.shutdown_kernel(now=True))
    return alive

first = start_and_end()
child = os.fork()
if child == 0:
    os._exit(0 if start_and_end() else 1)
print(first, os.waitpid(child, 0)[1], start_and_end())
"""


def test_a_forked_worker_starts_its_own(bubblewrap, world):
    command = [sys.executable, "-c", FORKED, str(world().scratch.parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == "True 0 True\n", done.stderr


def test_nothing_reaches_the_terminal(running, world, capfd):
    with running(world()) as kernel:
        kernel.run("""
import os
os.write(2, b"leak")
for file in ("/proc/1/fd/1", "/proc/1/fd/2", "/dev/tty", "/dev/console"):
    os.system(f"echo leak > {file}")
""")
    assert "leak" not in "".join(capfd.readouterr())


def test_a_whole_notebook_runs(bubblewrap, world):
    cells = ["x = 2", "print(x + 1)", "x * 21"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "another", "display_name": "another"}
    manager = kernel_manager("bubblewrap", world())
    client = NotebookClient(notebook, km=manager, timeout=30, shutdown_kernel="immediate")
    with client.setup_kernel(cleanup_kc=True):
        executed = client.execute()
    assert executed.cells[1].outputs[0].text == "3\n"
    assert executed.cells[2].outputs[0].data["text/plain"] == "42"
