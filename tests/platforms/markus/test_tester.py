"""Whatever becomes of the grader on MarkUs's test server, there are lines that say it."""

import pytest

from grader.platforms.common import hosted
from grader.platforms.markus import tester
from tests.class_parts import report, withheld
from tests.platforms.classes import writes
from tests.platforms.markus import reader


def test_a_tester_prints_lines_that_markus_reads_and_leaves_the_report(
    hand_in, grader, monkeypatch, capsys
):
    monkeypatch.chdir(hand_in)
    (hand_in / "run_grader.sh").write_text("x")
    grader(
        "assert [p.name for p in given.rglob('*.*')] == ['a2-cnn.ipynb']\n"
        + writes("s", report("s"))
    )
    assert tester.main(["--timeout", "120"]) == 0
    tests, _ = reader.lines(capsys.readouterr().out)
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
    tester.main(["--timeout", "1" if "sleep" in code else "120"])
    said = capsys.readouterr()
    tests, others = reader.lines(said.out)
    assert not tests
    assert words in others[0]["overall_comment"]
    assert words in said.err


def test_the_deadline_is_ours_before_it_is_that_of_markus(hand_in, monkeypatch, tmp_path):
    found = tester._order(hand_in, tmp_path, 1800.0, "auto")
    assert found.seconds + hosted.GRACE < 1800.0 - 30
