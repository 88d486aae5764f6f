"""Notebooks in real sandboxed kernels: what a cell that fails, hangs or dies costs."""

import contextlib
import subprocess
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest

from grader.assignment.asking import conv2d
from grader.kernel import causes
from grader.kernel.session.deadlines import Deadlines
from grader.kernel.session.execution import NotebookRunner
from grader.model import Outcome, Request
from tests.cells import CONV, RETURN
from tests.kernel.session.kernels import QUICK, convolution, outcomes, running

pytestmark = pytest.mark.usefixtures("warm")


def processes(connection_files):
    """Return the processes on this machine that were started with one of these files."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            found += [folder.name for name in connection_files if name.encode() in words]
    return found


@pytest.mark.usefixtures("fresh")
def test_a_failing_a_hanging_and_a_dying_cell_cost_only_themselves(monkeypatch):
    started = []
    launch = NotebookRunner.start_new_kernel_client

    def noted(runner):
        launch(runner)
        started.append(runner.km.connection_file)
        assert processes(started[-1:])

    monkeypatch.setattr(NotebookRunner, "start_new_kernel_client", noted)
    with running(
        "import os, time\nfirst = 1",
        "undefined_name",
        "while True:\n    pass",
        "second = first + 1",
        "os._exit(0)",
        "print(first + second)\nthird = 3",
        light=True,
    ) as runner:
        assert outcomes(runner) == ["ok", "raised", "timed_out", "ok", "died", "ok"]
        runs = runner.executed().cells
        assert str(runs[1].error) == (
            "NameError: name 'undefined_name' is not defined (at `undefined_name`)"
        )
        assert str(runs[2].error) == "Timeout: still running after 6 s"
        assert runner.executed().restarts == 2  # what died was given a second chance
        assert runner.nb.cells[5].outputs[0].text == "3\n"
    assert len(started) == 3
    assert not processes(started)


def test_the_error_of_a_function_names_the_line_in_the_notebook():
    with running("def f(x):\n    return x / 0\n", "f(3)") as runner:
        error = runner.executed().cells[1].error
        assert error is not None
        assert (error.name, error.line) == ("ZeroDivisionError", "return x / 0")


def test_a_statement_that_raises_costs_itself_also_in_a_fresh_kernel():
    """What the rest of its cell defined is there again when the kernel had to be replaced."""
    define = "\n\ndef f():\n    return 1 / 0\n\nf()\nlast = 8"
    cell = f"import nowhere_to_be_found as n; n.use()\nkept = 7{define}"
    with running(cell, "import os\nos._exit(0)", "print(kept + last)") as runner:
        assert outcomes(runner) == ["raised", "died", "ok"]
        run = runner.executed().cells[0]
        assert [(left.line, left.error.name) for left in run.left_out] == [
            (1, "AbsentPackage"),
            (7, "ZeroDivisionError"),
        ]
        assert run.left_out[1].error.line == "return 1 / 0"
        assert run.error == run.left_out[0].error
        assert runner.nb.cells[2].outputs[0].text == "15\n"


def test_errors_that_are_not_shown_are_not_taken_for_none():
    loud = "import nowhere_to_be_found as n; n.use()\nprint('x' * 3_000_000)\n1 / 0"
    with running(loud) as runner:
        run = runner.executed().cells[0]
        assert run.left_out[-1].error.name == "NotShown"
        assert causes.of(run.left_out[0].error) is causes.Cause.PACKAGE
        assert causes.of_cell(run) is None


@pytest.mark.usefixtures("fresh")
def test_a_kernel_that_ignores_the_interrupt_is_replaced():
    stubborn = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    with running("kept = 7", stubborn, "print(kept)", light=True) as runner:
        assert outcomes(runner) == ["ok", "timed_out", "ok"]
        assert runner.executed().restarts == 1


ONCE = "import os\nif not os.path.exists('{0}'):\n    open('{0}', 'w').close()\n    os._exit(1)\n"


def test_a_death_that_does_not_come_again_costs_nothing():
    """Somebody else may have killed the kernel: the system, say, when memory ran out."""
    inside = textwrap.indent(ONCE.format("b"), " " * 8)
    dies_once = CONV.replace("        return F", f"{inside}        return F")
    with running("kept = 7", ONCE.format("a") + "print(kept)", dies_once) as runner:
        assert outcomes(runner) == ["ok", "ok", "ok"]
        assert runner.nb.cells[1].outputs[0].text == "7\n"
        assert runner.ask(convolution()).outcome is Outcome.OK
        assert runner.executed().restarts == 2


def test_an_exception_cannot_pass_for_a_death():
    with running("class KernelDied(Exception): pass", "raise KernelDied('x')") as runner:
        assert outcomes(runner) == ["ok", "raised"]
        assert runner.executed().restarts == 0


def test_kernels_are_not_replaced_for_ever():
    deadly = "import os\nos.kill(os.getpid(), 9)"
    deadlines = replace(QUICK, restarts=5)
    with running(deadly, deadly, deadly, "x = 1", deadlines=deadlines) as runner:
        assert outcomes(runner) == ["died", "died", "died", "skipped"]
        reply = runner.ask(Request("r", "world"))
        assert reply.outcome is Outcome.SKIPPED


def test_the_whole_submission_has_a_deadline():
    started = time.monotonic()
    many = ["import select\nselect.select([], [], [], 2)"] * 8
    deadlines = Deadlines(cell=6, submission=5, request=5, grace=1, restarts=1)
    with running(*many, deadlines=deadlines) as runner:
        assert outcomes(runner)[-1] == "skipped"
        assert runner.ask(Request("r", "world")).outcome is Outcome.SKIPPED
    assert time.monotonic() - started < 60


def test_a_request_is_answered_by_the_students_own_class():
    with running(CONV) as runner:
        reply = runner.ask(convolution(0.5))
    assert reply.outcome is Outcome.OK
    assert reply.arrays["output"].tolist() == [[[[3, 4, 3], [4, 5.5, 4], [3, 4, 3]]]]
    assert reply.values["shapes"] == {"weight": [1, 1, 3, 3], "bias": [1]}


@pytest.mark.parametrize(
    ("body", "outcome", "said"),
    [
        ("raise ValueError('no\\nmore')", "raised", "ValueError: no (at `raise ValueError"),
        ("while True: pass", "timed_out", "Timeout"),
        ("import os; os._exit(1)", "died", "KernelDied"),
        ("raise SystemExit(0)", "raised", "SystemExit"),
    ],
)
def test_what_a_class_does_to_a_request(body, outcome, said):
    source = CONV.replace(RETURN, body)
    deadlines = Deadlines(cell=6, submission=120, request=3, grace=1, restarts=2)
    with running(source, deadlines=deadlines) as runner:
        reply = runner.ask(convolution())
        assert reply.outcome.value == outcome
        assert said in str(reply.error)
        after = runner.ask(Request("w", "world"))
        assert after.outcome is Outcome.OK


def test_a_missing_class_is_missing():
    with running("x = 1") as runner:
        reply = runner.ask(conv2d("r", (1, 1, 3), {}))
        assert reply.outcome is Outcome.MISSING
        assert reply.error is not None
        assert reply.error.message == "the notebook defines no MyConv2d"


def test_a_kernel_that_forges_its_own_success_gives_no_answer():
    forged = (
        "from ipykernel.ipkernel import IPythonKernel\n"
        "async def ok(self, *a, **k):\n"
        "    return {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}\n"
        "IPythonKernel.do_execute = ok"
    )
    with running(CONV, forged) as runner:
        reply = runner.ask(conv2d("r", (1, 1, 3), {}))
        assert reply.outcome is Outcome.REFUSED
        assert "no readable answer" in str(reply.error)


def test_the_kernel_named_in_the_notebook_is_ignored():
    with running(
        "x = 1", metadata={"kernelspec": {"name": "python2", "display_name": "P"}}
    ) as runner:
        assert outcomes(runner) == ["ok"]


SECRETS = (
    "import reference",
    "import grader",
    "import grader.assignment.checks.cnn",
    "import tests.mutants",
)


@pytest.mark.parametrize("source", SECRETS)
def test_the_answer_key_cannot_be_imported(source):
    with running(source) as runner:
        (run,) = runner.executed().cells
        assert run.error is not None
        assert run.error.name in ("ModuleNotFoundError", "ImportError")


@pytest.mark.usefixtures("fresh")
def test_no_file_of_ours_and_no_network(tmp_path):
    (tmp_path / "canary").write_text("secret")
    root = Path(__file__).parents[3]
    paths = [
        root / "reference" / "unet.py",
        root / "grader" / "assignment" / "rubric.toml",
        root / "grader" / "assignment" / "bands.json",
        root / "grader" / "assignment" / "checks" / "cnn.py",
        Path(__file__),
        tmp_path / "canary",
        Path.home() / ".bashrc",
        Path("/etc/shadow"),
    ]
    probe = (
        "import glob, socket\n"
        f"seen = []\nfor path in {[str(p) for p in paths]!r}:\n"
        "    try:\n        open(path).read(); seen.append(path)\n    except OSError: pass\n"
        "for name in ('rubric.toml', 'bands.json', 'unet.py'):\n"
        "    seen += glob.glob('/opt/**/' + name, recursive=True)\n"
        "for where in (('127.0.0.1', 22), ('1.1.1.1', 53)):\n"
        "    try:\n        socket.create_connection(where, 1); seen.append(where)\n"
        "    except OSError: pass\n"
        "print(seen)"
    )
    with running(probe) as runner:
        assert runner.nb.cells[0].outputs[0].text == "[]\n"


def test_nothing_is_left_on_disk():
    with running("open('left', 'w').write('x')") as runner:
        folders = [runner.settings.scratch.parent, Path(runner.km.connection_file).parent]
        assert all(folder.exists() for folder in folders)
    assert not any(folder.exists() for folder in folders)


def test_without_a_sandbox_the_same_notebook_runs():
    with running("import os\nprint(os.path.exists('data'))", isolation="none") as runner:
        assert outcomes(runner) == ["ok"]


def test_bubblewrap_is_installed():
    subprocess.run(["bwrap", "--version"], check=True, capture_output=True)


def test_a_planted_link_is_not_written_through(tmp_path):
    """A thread in the kernel may guess where the next file goes; it must not lead outside."""
    from grader.basics.files import Refused, write_new

    (tmp_path / "secret").write_text("kept")
    (tmp_path / "request").symlink_to(tmp_path / "secret")
    (tmp_path / "nowhere").symlink_to(tmp_path / "absent")
    for name in ("request", "nowhere", "secret"):
        with pytest.raises(Refused, match="tampered with"):
            write_new(tmp_path / name, b"new")
    assert (tmp_path / "secret").read_text() == "kept"
    assert not (tmp_path / "absent").exists()


def test_a_kernel_that_plants_links_for_requests_gets_nothing_written(tmp_path):
    target = tmp_path / "target"
    planter = (
        "import os, threading\n"
        "def plant():\n"
        "    while True:\n"
        "        for name in os.listdir('/io'):\n"
        "            stem = name.partition('.')[0]\n"
        "            for kind in ('request.json', 'request.safetensors', 'reply.json'):\n"
        f"                try: os.symlink({str(target)!r}, f'/io/{{stem}}.{{kind}}')\n"
        "                except OSError: pass\n"
        "threading.Thread(target=plant, daemon=True).start()"
    )
    with running(CONV, planter) as runner:
        replies = [runner.ask(conv2d("r", (1, 1, 3), {})) for _ in range(3)]
    assert not target.exists()
    allowed = (Outcome.OK, Outcome.RAISED, Outcome.REFUSED)
    assert all(reply.outcome in allowed for reply in replies)


def test_folders_a_thousand_deep_are_removed():
    deep = "import os\nfor _ in range(1500):\n    os.mkdir('d')\n    os.chdir('d')\n"
    with running(deep) as runner:
        base = runner.settings.scratch.parent
    assert not base.exists()
