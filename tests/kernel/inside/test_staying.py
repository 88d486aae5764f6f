"""What would end a kernel, limit it or wait for a person costs nothing."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from colab_world import sleeping
from colab_world.sleeping import Sleeper, Slept

if TYPE_CHECKING:
    from tests.kernel.inside.conftest import Colab


@pytest.mark.parametrize(
    "source",
    [
        "exit()",
        "quit()",
        "exit(keep_kernel=False)",
        "get_ipython().kernel.do_shutdown(restart=True)",
        "get_ipython().kernel.do_shutdown(False)",
        "get_ipython().ask_exit()",
    ],
)
def test_a_polite_end_ends_nothing(colab: Colab, source: str) -> None:
    cell = colab.run(f"kept = 7\n{source}\nwent_on = True")
    assert cell.status == "ok", cell.error
    time.sleep(0.3)  # the kernel would be gone by then
    assert colab.value("[kept, went_on]") == [7, True]
    assert colab.applied("exit")


def test_a_question_to_a_person_is_answered_by_an_empty_line(colab: Colab) -> None:
    cell = colab.run("answer = input('Press Enter ...')\nimport getpass\nkey = getpass.getpass()")
    assert (cell.status, cell.text) == ("ok", "Press Enter ...\n\n"), cell.error
    assert colab.value("[answer, key]") == ["", ""]


def test_limits_stay_as_they_are(colab: Colab) -> None:
    colab.run("import resource\nkind = resource.RLIMIT_AS\nbefore = resource.getrlimit(kind)")
    cell = colab.run(
        "resource.setrlimit(kind, (4096, before[1]))\nresource.prlimit(0, kind, (1, 1))"
    )
    assert cell.status == "ok", cell.error
    assert colab.value("before == resource.getrlimit(kind)") is True


@pytest.mark.parametrize("nap", ["60", "1", "0.5"])
def test_a_cell_that_only_sleeps_ends_soon(colab: Colab, nap: str) -> None:
    loop = f"while True:\n        time.sleep({nap})"
    cell = colab.run(f"import time\ntry:\n    {loop}\nexcept Exception:\n    pass\n")
    assert cell.error.startswith("Slept: the cell only sleeps, for more than 300 s")


def test_each_cell_has_its_own_sleep(colab: Colab) -> None:
    colab.run("import time")
    for _ in range(2):
        assert colab.run("time.sleep(200)").status == "ok"


def test_whoever_waits_for_somebody_is_let_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sleeping, "_children", bool)
    slept: list[float] = []
    sleeper, done = Sleeper(slept.append), threading.Event()
    sleeper.begin()
    worker = threading.Thread(target=done.wait)
    worker.start()
    try:
        sleeper(500)
        assert (slept, sleeper.asked) == ([500], 0)
    finally:
        done.set()
        worker.join()
    sleeper(250)
    with pytest.raises(Slept):
        sleeper(250)


def test_a_thread_of_a_library_is_nobody_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """zmq collects its garbage in one, from the first large picture that a notebook shows."""
    monkeypatch.setattr(sleeping, "_children", bool)
    slept: list[float] = []
    sleeper, done = Sleeper(slept.append), threading.Event()
    sleeper.begin()

    class Collector(threading.Thread):
        __module__ = "zmq.utils.garbage"

        def run(self) -> None:
            done.wait()

    worker = Collector()
    worker.start()
    try:
        sleeper(250)
        assert sleeper.asked == 250
    finally:
        done.set()
        worker.join()
