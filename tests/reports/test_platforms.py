"""Every platform's format, read back by a reader that knows nothing of our writer."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from junitparser import JUnitXml

from grader.basics.exits import BadInput
from grader.model import Status, Student
from grader.platforms import classroom50, exporting, github, gradescope, junit, markus
from grader.reports import gradebook, wording
from grader.reports.units import units
from tests.class_parts import CHECKS, HOSTILE, a_class, check, marked, report, withheld
from tests.reports import readers

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).with_name("schemas") / "junit-10.xsd"))
WRONG = (
    check("cnn.blocks", Status.FAILED, 0.3, ("pool_after_relu",), message="the blocks"),
    check("unet.values", Status.ERROR, 0.0, ("raises",), message="it raised"),
    check("unet.skip_connections", Status.SKIPPED, 0.0, message="cnn.builds did not pass"),
    check("handin.epochs", Status.FAILED, 0.0, ("epochs_below_25",), message="10 epochs"),
)


RUNNER = {
    "CLASSROOM": "csc413", "ASSIGNMENT": "a2", "SUBMISSION_TAG": "submit/2026-09-01T12-00-00Z-abc",
    "COMMIT_URL": "https://example.com/c", "RELEASE_URL": "https://example.com/r",
}  # fmt: skip


def room_of(found):
    return readers.classroom50(classroom50.result(found, RUNNER))


def body_of(found, **groups):
    return json.loads(json.dumps(markus.body(found, **({"test_group": 11} | groups))))


def hidden(*, kept=0.0):
    """Return a report whose hidden check found something that the public points do not tell."""
    secret = replace(
        check("finetune.head", Status.FAILED, kept, ("head_kernel",), "hidden", "the head"),
        public_points=0.175,
    )
    every = tuple(
        replace(check(name), public_points=most) for name, _, most in CHECKS if name != secret.id
    )
    return report(checks=(*every, secret))


def class_of_every_kind():
    return [*a_class(40), report(), report("wrong", WRONG), hidden(), hidden(kept=0.1)]


@pytest.mark.parametrize("found", class_of_every_kind(), ids=lambda r: r.submission.id)
def test_every_platform_gets_the_score_and_a_withheld_report_none(found):
    scope = readers.gradescope(gradescope.results(found))
    tests, others = readers.markus_lines("\n".join(markus.lines(found)) + "\n")
    runs = [readers.markus_body(body_of(found, hidden_test_group=g)) for g in (None, 12)]
    room = room_of(found)
    if found.status == "withheld":
        assert readers.gradescope_total(scope) is None
        assert not tests
        assert found.reason in others[0]["overall_comment"]
        assert [readers.markus_mark(run, 3.0) for run in runs] == [None, None]
        assert (room["max-score"], room["tests"]) == (0, [])
        return
    assert readers.gradescope_total(scope) == found.score
    assert sum(t["marks_earned"] for t in tests) == pytest.approx(found.score, abs=0.0005)
    assert sum(t["marks_total"] for t in tests) == pytest.approx(found.max_score)
    for run in runs:
        assert readers.markus_mark(run, found.max_score) == pytest.approx(found.score, abs=0.0051)
    assert room["score"] / 100 == pytest.approx(found.score, abs=0.0051)
    assert room["max-score"] / 100 == pytest.approx(found.max_score, abs=0.0051)


def test_gradescope_shows_each_check_with_the_words_of_the_report():
    found = readers.gradescope(gradescope.results(report("wrong", WRONG)))
    tests = {test["name"].partition(":")[0]: test for test in found["tests"]}
    assert set(tests) == {name for name, _, _ in CHECKS}
    assert tests["cnn.blocks"]["output"].splitlines() == [
        "what: what of pool_after_relu",
        "expected: expected",
        "got: got",
        "mistake: The pooling comes after the ReLU [pool_after_relu]",
        "why: because",
        "look for: look there",
    ]
    assert tests["unet.skip_connections"]["output"] == "cnn.builds did not pass"
    assert tests["cnn.blocks"]["number"] == "A1.2"
    assert readers.student_sees_total(found)
    assert "marked by a person: A2, B3 (0.70 points)" in found["output"]


def test_zero_point_checks_are_shown_only_where_something_was_found():
    names = [t["name"] for t in readers.gradescope(gradescope.results(report()))["tests"]]
    assert not any(name.startswith("handin") for name in names)


def test_hidden_checks_stay_hidden_on_gradescope_and_it_says_that_there_is_no_total():
    found = readers.gradescope(gradescope.results(hidden(kept=0.1)))
    assert not readers.student_sees_total(found)
    assert "shows no total" in found["output"]
    assert f"{found['score']:.2f} of" not in found["output"]
    seen = [t for t in found["tests"] if t["visibility"] == "visible"]
    assert "head_kernel" not in json.dumps([seen, found["output"]])
    assert sum(t["score"] for t in seen) == pytest.approx(sum(t["max_score"] for t in seen))


def test_hidden_checks_are_one_line_without_words_on_markus():
    tests, _ = readers.markus_lines("\n".join(markus.lines(hidden(kept=0.1))) + "\n")
    line = next(t for t in tests if t["name"] == "C2 hidden checks")
    assert (line["marks_earned"], line["status"]) == (0.1, "partial")
    assert "head_kernel" not in "\n".join(markus.lines(hidden()))
    alone = readers.markus_body(body_of(hidden()))["test_groups"]
    assert "head_kernel" not in json.dumps(alone)
    assert "C2 hidden checks" in json.dumps(alone)
    open_, staff = readers.markus_body(body_of(hidden(), hidden_test_group=12))["test_groups"]
    assert "head_kernel" not in json.dumps(open_)
    assert "head_kernel" in json.dumps(staff)
    assert staff["extra_info"] == {
        "name": "hidden checks", "test_group_id": 12, "display_output": "instructors",
    }  # fmt: skip


def test_marks_of_a_person_count_everywhere_once_all_are_there():
    half = marked(report(), A2=0.2)
    assert readers.gradescope_total(readers.gradescope(gradescope.results(half))) == 3.0
    found = marked(report(), A2=0.2, B3=0.4)
    found = replace(found, manual=(replace(found.manual[0], comment="well seen"), found.manual[1]))
    scope = readers.gradescope(gradescope.results(found))
    assert readers.gradescope_total(scope) == 3.6
    assert "well seen" in json.dumps(scope)
    run = readers.markus_body(body_of(found))
    assert readers.markus_mark(run, 3.7) == pytest.approx(3.6, abs=0.0051)
    assert "well seen" in json.dumps(run)
    assert (room_of(found)["score"], room_of(found)["max-score"]) == (360, 370)
    assert "points: 3.60 of 3.70" in github.summary([found]).decode()
    tests, _ = readers.markus_lines("\n".join(markus.lines(found)) + "\n")
    assert sum(t["marks_earned"] for t in tests) == pytest.approx(3.6)


def test_what_is_said_of_the_whole_is_a_test_of_no_marks_on_markus():
    """MarkUs would add an overall comment again with each run."""
    (group,) = readers.markus_body(body_of(report("wrong", WRONG)))["test_groups"]
    said = group["tests"][-1]
    assert (said["name"], said["marks_earned"], said["marks_total"]) == ("summary", 0, 0)
    assert "handin.epochs: 10 epochs" in said["output"]
    assert "marks: 1000 make one point" in said["output"]


def test_hidden_checks_leave_no_words_where_students_look():
    for found in (
        json.dumps(room_of(hidden())),
        junit.junit([hidden()]).decode(),
        github.summary([hidden()]).decode(),
        "\n".join(github.commands(hidden(), github.Notebook("a2.ipynb", {}))),
    ):
        assert "head_kernel" not in found
        assert "finetune.head" not in found
    assert wording.HIDDEN in json.dumps(room_of(hidden()))
    assert "C2 hidden checks" in junit.junit([hidden()]).decode()


def test_markus_is_told_what_is_wrong_and_where_an_error_was():
    tests, others = readers.markus_lines("\n".join(markus.lines(report("wrong", WRONG))) + "\n")
    by_name = {t["name"]: t for t in tests}
    assert by_name["A1 cnn.blocks"]["status"] == "partial"
    assert by_name["B1 unet.values"]["status"] == "error"
    assert by_name["B1 unet.skip_connections"]["status"] == "fail"
    assert by_name["A1 cnn.builds"]["time"] == 125
    assert "handin.epochs: 10 epochs" in others[0]["overall_comment"]


@given(
    st.lists(
        st.tuples(
            st.floats(0.001, 5).map(lambda v: round(v, 6)), st.sampled_from([0, 0.333333, 0.5, 1])
        ),
        min_size=1,
        max_size=8,
    )
)
def test_units_add_up_and_a_part_is_never_none_or_all(points):
    base = check("cnn.builds")
    checks = [
        replace(base, id=f"c{i}", max_points=most, points=round(most * share, 6))
        for i, (most, share) in enumerate(points)
    ]
    found = units(checks)
    for one in checks:
        earned, total = found.earned[one.id], found.total[one.id]
        if one.points == 0:
            assert earned == 0
        elif one.points == one.max_points:
            assert earned == total
        else:
            assert 0 < earned < total
    assert sum(found.earned.values()) / found.scale == pytest.approx(
        sum(c.points for c in checks), abs=len(checks) / found.scale
    )


def test_the_shipped_shares_need_no_finer_unit_than_a_thousandth():
    assert units(report().checks).scale == 1000
    assert sum(units(report().checks).earned.values()) == 3000


def test_classroom50_has_a_test_a_question_in_hundredths():
    found = room_of(report("wrong", WRONG))
    first = found["tests"][0]
    assert (first["score"], first["max-score"], first["passed"]) == (50, 80, False)
    assert "look for: look there" in first["output"]


def test_classroom50_never_calls_a_question_full_that_is_not():
    almost = check("cnn.blocks", Status.FAILED, 0.5999, ("pool_after_relu",))
    first = room_of(report("x", (almost,)))["tests"][0]
    assert (first["score"], first["passed"]) == (79, False)


def test_classroom50_needs_its_runner_and_says_what_is_missing():
    with pytest.raises(BadInput, match=r"CLASSROOM, ASSIGNMENT, .* not set"):
        classroom50.result(report(), {"COMMIT_URL": "x"})


def suites(found):
    data = junit.junit(found)
    SCHEMA.validate(io.BytesIO(data))
    return JUnitXml.fromstring(data)


@pytest.mark.parametrize("text", [HOSTILE, "a\x00b\ud800\uffff", "]]>&<x/>", "x" * 100_000])
def test_no_text_of_a_students_breaks_a_format(text):
    hostile = report(text, (check("cnn.blocks", Status.FAILED, 0, (text,), message=text),))
    hostile = replace(hostile, notes=(text,))
    for one in (hostile, withheld(text, text)):
        suites([one])
        readers.gradescope(gradescope.results(one))
        readers.markus_lines("\n".join(markus.lines(one)) + "\n")
        readers.markus_body(body_of(one))
        room_of(one)
        github.summary([one])
        for command in github.commands(one, github.Notebook(text, {})):
            assert "\n" not in command
            assert command.startswith("::")


def test_hidden_checks_that_were_scored_before_are_refused_with_the_remedy():
    old = report(checks=(check("cnn.builds", visibility="hidden"),))
    with pytest.raises(BadInput, match="run `grader rescore` on the folder first"):
        gradescope.results(old)


MARKS = "\u202e\u2066\u200f\u2028\ufeff\U000e0041"
WHOLE = {
    "junit": lambda held: junit.junit([held]),
    "github": lambda held: github.summary([held]),
    "csv": lambda held: gradebook.gradebook([held]),
}


@pytest.mark.parametrize("to", [*exporting.EACH, *WHOLE])
def test_no_format_shows_what_hides_or_reorders_text(to, monkeypatch):
    for name, value in RUNNER.items():
        monkeypatch.setenv(name, value)
    made = check("cnn.blocks", Status.FAILED, mistakes=(MARKS,), message=MARKS)
    held = report(
        "a" + MARKS, (made,), (Student("s" + MARKS, "n" + MARKS),), notes=("note" + MARKS,),
        reason=MARKS,
    )  # fmt: skip
    data = WHOLE[to](held) if to in WHOLE else exporting.EACH[to].make(held)
    text = data if isinstance(data, str) else data.decode("utf-8-sig")
    for part in text.splitlines() if to == "markus" else [text] if text.startswith("{") else []:
        text += json.dumps(json.loads(part), ensure_ascii=False)
    assert not set(text) & set(MARKS)
