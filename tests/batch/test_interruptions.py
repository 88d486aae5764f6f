"""Ctrl-C: at any moment one line that says how far it is, and the same command goes on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.downloads import put

ROOT = Path(__file__).parents[2]
NAMES = ("ann", "ben", "cem", "dot")


def start(*arguments, **options):
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120, **options,
    )  # fmt: skip


def rehearse(seam, times, folder):
    put(folder, *(f"class/{name}/a2-cnn.ipynb" for name in NAMES))
    return start(
        "-m", "tests.rehearsal", seam, times, "grade", folder / "class", "--out", folder / "out"
    )


@pytest.mark.parametrize(
    ("seam", "times", "said"),
    [
        ("grader.cli.main:parser", 1, "give the same command again"),
        ("grader.scoring.rubric:load", 1, "give the same command again"),
        ("grader.handin.intake:find", 1, "give the same command again"),
        ("grader.batch.results:Results.recover", 1, "give the same command again"),
        ("grader.batch.results:Results.seed", 1, "give the same command again"),
        ("grader.batch.grading:_Grading._plan", 1, "0 of 4 are graded, and the same"),
        ("grader.batch.keys:evidence_key", 2, "1 of 4 are graded, and the same"),
        ("grader.batch.grading:_Grading._engine", 1, "0 of 4 are graded, and the same"),
        ("grader.batch.batch:run", 1, "0 of 4 are graded, and the same"),
        ("grader.batch.batch:wait", 1, "0 of 4 are graded, and the same"),
        ("grader.batch.results:Results.put", 4, "3 of 4 are graded, and the same"),
        ("grader.batch.display:Display.finished", 4, "4 of 4 are graded, and the same"),
        ("grader.batch.classfiles:write", 1, "4 of 4 are graded, and the same"),
        ("grader.basics.storage:_write", 7, "1 of 4 are graded, and the same"),
    ],
)
def test_at_any_moment_it_is_one_line_and_the_same_command_goes_on(tmp_path, seam, times, said):
    stopped = rehearse(seam, times, tmp_path)
    assert stopped.stderr.startswith(f"grader: interrupted; {said}")
    assert len(stopped.stderr.splitlines()) == 1
    assert stopped.returncode in (130, -signal.SIGINT)  # Python may say it in the system's own way
    if said[0] not in "1234":
        return  # nothing is there to go on from
    done = rehearse("-", 0, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.parent.name for path in tmp_path.glob("out/*/report.json")) == [*NAMES]
    assert (tmp_path / "out" / "gradebook.csv").is_file()


SCRIPT = """
import os, signal, sys
from grader.basics import interrupts

class Thing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)

with interrupts.expected():
    interrupts.told("interrupted; so far so good")
    {body}
"""
TWICE = """
    try:
        os.kill(os.getpid(), signal.SIGINT)
    finally:
        os.kill(os.getpid(), signal.SIGINT)
        print("never")
"""
LOST = """
    thing = Thing()
    del thing
    print("never")
"""


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
@pytest.mark.parametrize("body", [TWICE, LOST], ids=["twice", "where_none_gets_out"])
def test_an_interrupt_that_cannot_wait_ends_it_at_once(body):
    ended = start("-c", SCRIPT.format(body=body.strip()))
    assert ended.returncode == 130
    assert ended.stderr.split() == ["grader:", "interrupted;", "so", "far", "so", "good"]
    assert ended.stdout == ""


WARM = """
import os, signal, time
from grader.batch import forking

signal.signal(signal.SIGINT, signal.SIG_IGN)
forking.warm({})
for _ in range(50):
    os.killpg(0, signal.SIGINT)
    time.sleep(0.01)
process = forking.context().Process(target=print, args=("here",))
process.start()
process.join()
print(process.exitcode)
"""


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups")
def test_the_process_that_workers_are_forked_from_is_not_interrupted(tmp_path):
    script = tmp_path / "warm.py"
    script.write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nif __name__ == '__main__':\n"
    )
    with script.open("a") as file:
        file.writelines(f"    {line}\n" for line in WARM.strip().splitlines())
    ended = start(script, start_new_session=True)
    assert (ended.returncode, ended.stderr, ended.stdout.split()) == (0, "", ["here", "0"])


def test_a_locale_without_the_letters_of_names_is_left_for_utf_8(tmp_path):
    put(tmp_path, *(f"class/{name}/notes.txt" for name in ("אדה", "חוה")), "class/🐎/a2-cnn.ipynb")
    environment = {
        **os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0",
    }  # fmt: skip
    done = start(
        "-m", "tests.rehearsal", "-", 0, "grade", tmp_path / "class", "--out", tmp_path / "out",
        env=environment, encoding="utf-8",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    made = {path.parent.name for path in tmp_path.glob("out/*/report.json")}
    assert made == {"אדה", "חוה", "🐎"}
    assert "אדה" in done.stdout
