"""Every platform's format, read back by a reader that knows nothing of our writer."""

import argparse
import json
from dataclasses import replace

import pytest

from grader import platforms
from grader.model import Status, Student
from grader.platforms import junit
from grader.platforms.common.exporting import OWN
from grader.platforms.common.markdown import summary
from grader.platforms.common.nouns import Each, FilledIn
from grader.platforms.github.annotations import Notebook, commands
from grader.platforms.gradescope.results import results
from grader.platforms.markus.results import lines
from grader.reports import wording
from tests.class_parts import HOSTILE, check, marked, report, withheld
from tests.platforms.classes import class_of_every_kind, hidden
from tests.platforms.classroom50.reader import RUNNER, room_of
from tests.platforms.gradescope import reader as gradescope_reader
from tests.platforms.junit.reader import suites
from tests.platforms.markus import reader as markus_reader


@pytest.mark.parametrize("found", class_of_every_kind(), ids=lambda r: r.submission.id)
def test_every_platform_gets_the_score_and_a_withheld_report_none(found):
    scope = gradescope_reader.results(results(found))
    tests, others = markus_reader.lines("\n".join(lines(found)) + "\n")
    runs = [
        markus_reader.body(markus_reader.body_of(found, hidden_test_group=g)) for g in (None, 12)
    ]
    room = room_of(found)
    if found.status == "withheld":
        assert gradescope_reader.total(scope) is None
        assert not tests
        assert found.reason in others[0]["overall_comment"]
        assert [markus_reader.mark(run, 3.0) for run in runs] == [None, None]
        assert (room["max-score"], room["tests"]) == (0, [])
        return
    assert gradescope_reader.total(scope) == found.score
    assert sum(t["marks_earned"] for t in tests) == pytest.approx(found.score, abs=0.0005)
    assert sum(t["marks_total"] for t in tests) == pytest.approx(found.max_score)
    for run in runs:
        assert markus_reader.mark(run, found.max_score) == pytest.approx(found.score, abs=0.0051)
    assert room["score"] / 100 == pytest.approx(found.score, abs=0.0051)
    assert room["max-score"] / 100 == pytest.approx(found.max_score, abs=0.0051)


def test_marks_of_a_person_count_everywhere_once_all_are_there():
    half = marked(report(), A2=0.2)
    assert gradescope_reader.total(gradescope_reader.results(results(half))) == 3.0
    found = marked(report(), A2=0.2, B3=0.4)
    found = replace(found, manual=(replace(found.manual[0], comment="well seen"), found.manual[1]))
    scope = gradescope_reader.results(results(found))
    assert gradescope_reader.total(scope) == 3.6
    assert "well seen" in json.dumps(scope)
    run = markus_reader.body(markus_reader.body_of(found))
    assert markus_reader.mark(run, 3.7) == pytest.approx(3.6, abs=0.0051)
    assert "well seen" in json.dumps(run)
    assert (room_of(found)["score"], room_of(found)["max-score"]) == (360, 370)
    assert "points: 3.60 of 3.70" in summary([found]).decode()
    tests, _ = markus_reader.lines("\n".join(lines(found)) + "\n")
    assert sum(t["marks_earned"] for t in tests) == pytest.approx(3.6)


def test_hidden_checks_leave_no_words_where_students_look():
    for found in (
        json.dumps(room_of(hidden())),
        junit.junit([hidden()]).decode(),
        summary([hidden()]).decode(),
        "\n".join(commands(hidden(), Notebook("a2.ipynb", {}))),
    ):
        assert "head_kernel" not in found
        assert "finetune.head" not in found
    assert wording.HIDDEN in json.dumps(room_of(hidden()))
    assert "C2 hidden checks" in junit.junit([hidden()]).decode()


@pytest.mark.parametrize("text", [HOSTILE, "a\x00b\ud800\uffff", "]]>&<x/>", "x" * 100_000])
def test_no_text_of_a_students_breaks_a_format(text):
    hostile = report(text, (check("cnn.blocks", Status.FAILED, 0, (text,), message=text),))
    hostile = replace(hostile, notes=(text,))
    for one in (hostile, withheld(text, text)):
        suites([one])
        gradescope_reader.results(results(one))
        markus_reader.lines("\n".join(lines(one)) + "\n")
        markus_reader.body(markus_reader.body_of(one))
        room_of(one)
        summary([one])
        for command in commands(one, Notebook(text, {})):
            assert "\n" not in command
            assert command.startswith("::")


MARKS = "\u202e\u2066\u200f\u2028\ufeff\U000e0041"
FORMATS = {name: platforms.get(name).export for name in platforms.names()} | {"csv": OWN["csv"]}
MADE = [to for to, form in FORMATS.items() if not isinstance(form, FilledIn)]


@pytest.mark.parametrize("to", MADE)
def test_no_format_shows_what_hides_or_reorders_text(to, monkeypatch):
    for name, value in RUNNER.items():
        monkeypatch.setenv(name, value)
    made = check("cnn.blocks", Status.FAILED, mistakes=(MARKS,), message=MARKS)
    held = report(
        "a" + MARKS, (made,), (Student("s" + MARKS, "n" + MARKS),), notes=("note" + MARKS,),
        reason=MARKS,
    )  # fmt: skip
    form, options = FORMATS[to], argparse.Namespace(notebook=None)
    data = form.make(held) if isinstance(form, Each) else form.make([held], options)
    text = data if isinstance(data, str) else data.decode("utf-8-sig")
    for part in text.splitlines() if to == "markus" else [text] if text.startswith("{") else []:
        text += json.dumps(json.loads(part), ensure_ascii=False)
    assert not set(text) & set(MARKS)
