"""Whatever becomes of the grader on a platform, there is an answer, in time, that says it."""

import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from grader.platforms.common import hosted
from grader.platforms.common.hosted import NotGraded, Order
from tests.class_parts import report
from tests.platforms.classes import writes


def order(hand_in, tmp_path, **changes):
    work = tmp_path / "work"
    work.mkdir()
    return replace(Order(hosted.gathered(hand_in), work, 20.0), **changes)


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


def test_the_grader_is_started_in_a_folder_that_no_student_fills(hand_in, tmp_path):
    command = hosted._command(order(hand_in, tmp_path, rubric=Path("r.toml"), options=("--full",)))
    assert command[:4] == [sys.executable, "-m", "grader", "grade"]
    assert command[-3:] == ["--rubric", "r.toml", "--full"]
