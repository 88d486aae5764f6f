"""results.json, read back as Gradescope reads it."""

import json

import pytest

from grader.basics.exits import BadInput
from grader.platforms.gradescope import results
from tests.class_parts import CHECKS, check, report
from tests.platforms.classes import WRONG, hidden
from tests.platforms.gradescope import reader


def test_gradescope_shows_each_check_with_the_words_of_the_report():
    found = reader.results(results.results(report("wrong", WRONG)))
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
    assert reader.student_sees_total(found)
    assert "marked by a person: A2, B3 (0.70 points)" in found["output"]


def test_zero_point_checks_are_shown_only_where_something_was_found():
    names = [t["name"] for t in reader.results(results.results(report()))["tests"]]
    assert not any(name.startswith("handin") for name in names)


def test_hidden_checks_stay_hidden_on_gradescope_and_it_says_that_there_is_no_total():
    found = reader.results(results.results(hidden(kept=0.1)))
    assert not reader.student_sees_total(found)
    assert "shows no total" in found["output"]
    assert f"{found['score']:.2f} of" not in found["output"]
    seen = [t for t in found["tests"] if t["visibility"] == "visible"]
    assert "head_kernel" not in json.dumps([seen, found["output"]])
    assert sum(t["score"] for t in seen) == pytest.approx(sum(t["max_score"] for t in seen))


def test_hidden_checks_that_were_scored_before_are_refused_with_the_remedy():
    old = report(checks=(check("cnn.builds", visibility="hidden"),))
    with pytest.raises(BadInput, match="run `grader rescore` on the folder first"):
        results.results(old)
