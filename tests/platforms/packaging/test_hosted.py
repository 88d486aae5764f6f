"""Whatever becomes of the grader on a platform, there is an answer, in time, that says it."""

import json
import os
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest

from grader.basics import storage
from grader.platforms.packaging import contents, hosted, on_gradescope, on_markus
from grader.platforms.packaging.hosted import NotGraded, Order
from tests.class_parts import report, withheld
from tests.reports import readers


@pytest.fixture
def hand_in(tmp_path):
    folder = tmp_path / "hand-in"
    folder.mkdir()
    (folder / "a2-cnn.ipynb").write_text("{}")
    return folder


@pytest.fixture
def grader(monkeypatch):
    """Let a few lines of Python stand for `grader grade`; `out` and `given` are its folders."""

    def stand_in(code):
        head = "import json, pathlib, sys, time\nout, given = map(pathlib.Path, sys.argv[1:])\n"
        monkeypatch.setattr(
            hosted,
            "_command",
            lambda order: [
                sys.executable, "-c", head + textwrap.dedent(code),
                str(order.work / "out"), str(order.work / "in"),
            ],
        )  # fmt: skip

    return stand_in


def order(hand_in, tmp_path, **changes):
    work = tmp_path / "work"
    work.mkdir()
    return replace(Order(hosted.gathered(hand_in), work, 20.0), **changes)


def writes(name, one):
    text = storage.to_json(one).decode()
    return f"""
(out / {name!r}).mkdir(parents=True)
(out / {name!r} / "report.json").write_text({text!r})
(out / {name!r} / "report.html").write_text("<p>page")
    """


def test_the_report_comes_back_whatever_the_exit_code(hand_in, tmp_path, grader):
    grader(writes("submission", report()) + "\nsys.exit(1)")
    assert hosted.grade(order(hand_in, tmp_path)).score == 3.0


def test_the_files_are_copied_and_links_and_metadata_are_not(hand_in, tmp_path, grader):
    (hand_in / "part").mkdir()
    (hand_in / "part" / "notes.txt").write_text("x")
    (hand_in / "submission_metadata.yml").write_text("x")
    (hand_in / ".hidden").write_text("x")
    (hand_in / "key").symlink_to("/etc/passwd")
    grader(
        "print(sorted(str(p.relative_to(given)) for p in given.rglob('*') if p.is_file()))\n"
        "sys.exit(3)"
    )
    with pytest.raises(NotGraded) as caught:
        hosted.grade(order(hand_in, tmp_path))
    assert "['submission/a2-cnn.ipynb', 'submission/part/notes.txt']" in str(caught.value)
    assert "code 3" in str(caught.value)


def test_a_grader_that_hangs_is_asked_to_stop_and_ended(hand_in, tmp_path, grader, monkeypatch):
    monkeypatch.setattr(hosted, "GRACE", 0.5)
    grader("""
        import signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        time.sleep(60)
    """)
    started = time.monotonic()
    with pytest.raises(NotGraded, match="no result within 1 seconds"):
        hosted.grade(order(hand_in, tmp_path, seconds=1.0))
    assert time.monotonic() - started < 60


def test_a_result_that_came_before_the_deadline_counts(hand_in, tmp_path, grader, monkeypatch):
    monkeypatch.setattr(hosted, "GRACE", 0.5)
    grader(writes("submission", report()) + "\ntime.sleep(60)")
    assert hosted.grade(order(hand_in, tmp_path, seconds=3.0)).score == 3.0


def test_several_submissions_in_one_are_not_chosen_between(hand_in, tmp_path, grader):
    grader(writes("a", report("a")) + writes("b", report("b")))
    with pytest.raises(NotGraded, match=r"looks like 2 submissions \(a, b\)"):
        hosted.grade(order(hand_in, tmp_path))


def test_the_line_of_wrong_usage_is_the_reason(hand_in, tmp_path, grader):
    grader("sys.exit(print('grader: --sandbox uid: needs root', file=sys.stderr) or 2)")
    with pytest.raises(NotGraded, match="code 2: --sandbox uid: needs root"):
        hosted.grade(order(hand_in, tmp_path))


@pytest.fixture
def root(tmp_path, hand_in):
    """A folder that plays /autograder, set up."""
    place = tmp_path / "autograder"
    for name in ("private", "results", "source"):
        (place / name).mkdir(parents=True)
    hand_in.rename(place / "submission")
    (place / "private" / "settings.json").write_text('{"minutes": 10, "sandbox": "none"}')
    (place / "private" / "rubric.toml").write_text("")
    return place


def results(root):
    return readers.gradescope((root / "results" / "results.json").read_bytes())


def test_gradescope_gets_the_score_and_the_work_is_gone(root, grader):
    grader(writes("submission", report()))
    assert on_gradescope.main(root) == 0
    assert results(root)["score"] == 3.0
    assert not list((root / "private").glob("work-*"))


def test_gradescope_gets_the_reason_and_no_score(root, grader):
    grader("sys.exit(5)")
    assert on_gradescope.main(root) == 0
    found = results(root)
    assert readers.gradescope_total(found) is None
    assert "code 5: it said nothing" in found["output"]
    assert "not a score of 0" in found["output"]


METADATA = {
    "created_at": "2020-02-10T23:59:00.000000-05:00",
    "users": [{"id": 7, "name": "Ada", "email": "ada@x.ca", "sid": "s1"}],
    "assignment": {"due_date": "2020-02-11T05:00:00Z"},
}


@pytest.mark.parametrize(
    ("changes", "late"),
    [
        ({}, False),
        ({"created_at": "2020-02-11T00:00:01-05:00"}, True),
        ({"created_at": None}, None),
        ({"created_at": "yesterday"}, None),
        ({"assignment": {}}, None),
        ({"assignment": 3, "users": 4}, None),
        (
            {
                "created_at": "2020-02-12T00:00:00Z",
                "users": [{"assignment": {"due_date": "2020-02-13T00:00:00Z"}}],
            },
            False,
        ),
    ],
)
def test_lateness_is_the_platforms_and_an_extension_counts(root, grader, changes, late):
    (root / "submission_metadata.json").write_text(json.dumps({**METADATA, **changes}))
    grader(writes("submission", report()))
    on_gradescope.main(root)
    assert ("late, as Gradescope says" in results(root)["output"]) is bool(late)
    metadata = {**METADATA, **changes}
    users = metadata["users"] if isinstance(metadata["users"], list) else []
    assert on_gradescope.is_late(metadata, users) is late


def run_autograder(root, python):
    """Run the real script with a program in Python's place."""
    script = root / "source" / "run_autograder"
    script.write_bytes(contents.FOLDER.joinpath("gradescope", "run_autograder").read_bytes())
    script.chmod(0o755)
    if python is not None:
        program = root / "private" / "fake-python"
        program.write_text(python)
        program.chmod(0o755)
        (root / "private" / "python").write_text(f"{program}\n")
    environment = {"AUTOGRADER_ROOT": str(root), "PATH": os.environ["PATH"]}
    return subprocess.run([script], env=environment, timeout=60, check=False).returncode


@pytest.mark.parametrize(
    ("python", "words"),
    [
        (None, "setup.sh did not finish"),
        ("#!/bin/sh\nexit 7\n", "the grader ended with code 7"),
        ("#!/bin/sh\nkill -9 $$\n", "the grader ended with code 137"),
        ("#!/bin/sh\nexit 0\n", "the grader was stopped before it could finish"),
    ],
)
def test_the_script_leaves_a_results_file_whatever_happens(root, python, words):
    assert run_autograder(root, python) == 0
    found = results(root)
    assert words in found["output"]
    assert readers.gradescope_total(found) is None


def test_while_the_grader_runs_nobody_else_may_write_results_or_read_it(root):
    python = (
        f"#!/bin/sh\nstat -c '%a %n' {root}/results {root}/private {root}/source >{root}/seen\n"
    )
    run_autograder(root, python)
    assert [line.split()[0] for line in (root / "seen").read_text().splitlines()] == ["700"] * 3
    assert (root / "results").stat().st_mode & 0o777 == 0o755  # to be read, nobody's to write


def test_a_tester_prints_lines_that_markus_reads_and_leaves_the_report(
    hand_in, grader, monkeypatch, capsys
):
    monkeypatch.chdir(hand_in)
    (hand_in / "run_grader.sh").write_text("x")
    grader(
        "assert [p.name for p in given.rglob('*.*')] == ['a2-cnn.ipynb']\n"
        + writes("s", report("s"))
    )
    assert on_markus.main(["--timeout", "120"]) == 0
    tests, _ = readers.markus_lines(capsys.readouterr().out)
    assert sum(t["marks_earned"] for t in tests) == pytest.approx(3.0)
    assert (hand_in / "report.html").read_text() == "<p>page"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("sys.exit(4)", "code 4"),
        ("time.sleep(60)", "no result within 1 seconds"),
        (writes("bo", withheld("bo", "no memory")), "no memory"),
    ],
)
def test_a_tester_without_a_score_sends_no_test_and_says_why(
    hand_in, grader, monkeypatch, capsys, code, words
):
    monkeypatch.chdir(hand_in)
    monkeypatch.setattr(hosted, "GRACE", 0.2)
    grader(code)
    on_markus.main(["--timeout", "1" if "sleep" in code else "120"])
    said = capsys.readouterr()
    tests, others = readers.markus_lines(said.out)
    assert not tests
    assert words in others[0]["overall_comment"]
    assert words in said.err


def test_the_deadline_is_ours_before_it_is_the_platforms(hand_in, monkeypatch, tmp_path):
    found = on_markus._order(hand_in, tmp_path, 1800.0, "auto")
    assert found.seconds + hosted.GRACE < 1800.0 - 30
    assert on_gradescope.MARGIN > hosted.GRACE + 30


def test_the_grader_is_started_in_a_folder_that_no_student_fills(hand_in, tmp_path):
    command = hosted._command(order(hand_in, tmp_path, rubric=Path("r.toml"), options=("--full",)))
    assert command[:4] == [sys.executable, "-m", "grader", "grade"]
    assert command[-3:] == ["--rubric", "r.toml", "--full"]
