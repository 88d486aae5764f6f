"""Real kernels in real sandboxes; where there is no sandbox these tests fail, and say so."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from grader.kernel.sandbox import Limits, SandboxSettings, choose_isolation, kernel_manager
from grader.kernel.sandbox.settings import GIB, MIB

LAUNCH = "from ipykernel.kernelapp import launch_new_instance\n\nlaunch_new_instance()\n"
SMALL = Limits(memory_bytes=GIB, processes=80, file_bytes=64 * MIB, tmp_bytes=64 * MIB)


class Kernel:
    """A running kernel that answers with text."""

    def __init__(self, settings: SandboxSettings, isolation: str) -> None:
        self.settings = settings
        self.manager = kernel_manager(isolation, settings)
        self.client = NotebookClient(
            nbformat.v4.new_notebook(), km=self.manager, timeout=60, shutdown_kernel="immediate"
        )

    @property
    def provisioner(self) -> Any:
        return self.manager.provisioner

    def run(self, code: str) -> str:
        """The cell's printed text and value; raises what nbclient raises."""
        cell = nbformat.v4.new_code_cell(code)
        self.client.nb.cells.append(cell)
        self.client.execute_cell(cell, len(self.client.nb.cells) - 1)
        texts = [out.get("text") or out["data"]["text/plain"] for out in cell.outputs]
        return "".join(texts).strip()

    def attempt(self, code: str) -> str:
        """What the cell says, or the name of its exception."""
        try:
            return self.run(code)
        except CellExecutionError as error:
            return str(error.ename)


@contextlib.contextmanager
def running(settings: SandboxSettings, isolation: str = "bubblewrap") -> Iterator[Kernel]:
    kernel = Kernel(settings, isolation)
    with kernel.client.setup_kernel(cleanup_kc=True):
        yield kernel


def make_world(folder: Path, **changes: Any) -> SandboxSettings:
    """Empty folders and the smallest launch.py."""
    names = ("scratch", "exchange", "kernel_side", "data")
    for name in names:
        (folder / name).mkdir(parents=True)
    (folder / "kernel_side" / "launch.py").write_text(LAUNCH)
    places = {name: folder / name for name in names}
    return SandboxSettings(**{"limits": SMALL, **places, **changes})


@pytest.fixture(scope="session")
def bubblewrap() -> None:
    """Fails once and clearly where the sandbox does not work."""
    try:
        choose_isolation("bubblewrap")
    except RuntimeError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def world(tmp_path: Path) -> Callable[..., SandboxSettings]:
    """Makes settings; each call needs a name of its own."""
    return lambda name="world", **changes: make_world(tmp_path / name, **changes)


@pytest.fixture(scope="module")
def shared(bubblewrap: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """One kernel for all tests of a module that leave it as it was."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET_TOKEN", "host-secret")
        with running(make_world(tmp_path_factory.mktemp("shared"))) as kernel:
            yield kernel


@pytest.fixture(name="running")
def running_fixture(bubblewrap: None) -> Callable[..., Any]:
    """`with running(settings) as kernel:`."""
    return running


@pytest.fixture
def running_any() -> Callable[..., Any]:
    """The same for a kernel without isolation: `with running_any(settings, "none")`."""
    return running


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool], float], bool]:
    """Does a condition come true within some seconds?"""

    def wait(condition: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    return wait
