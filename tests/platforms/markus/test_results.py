"""The lines of a tester and the body of a test run, read back as MarkUs reads them."""

import json
from dataclasses import replace

import pytest

from grader.judging import catalog
from grader.model import CheckResult, Finding, Status
from grader.platforms.markus import results
from grader.scoring import audience, rubric
from tests import pages
from tests.class_parts import report
from tests.platforms.classes import WRONG, hidden
from tests.platforms.markus import reader


def test_hidden_checks_are_one_line_without_words_on_markus():
    tests, _ = reader.lines("\n".join(results.lines(hidden(kept=0.1))) + "\n")
    line = next(t for t in tests if t["name"] == "C2 hidden checks")
    assert (line["marks_earned"], line["status"]) == (0.1, "partial")
    assert "head_kernel" not in "\n".join(results.lines(hidden()))
    alone = reader.body(reader.body_of(hidden()))["test_groups"]
    assert "head_kernel" not in json.dumps(alone)
    assert "C2 hidden checks" in json.dumps(alone)
    open_, staff = reader.body(reader.body_of(hidden(), hidden_test_group=12))["test_groups"]
    assert "head_kernel" not in json.dumps(open_)
    assert "head_kernel" in json.dumps(staff)
    assert staff["extra_info"] == {
        "name": "hidden checks", "test_group_id": 12, "display_output": "instructors",
    }  # fmt: skip


def test_what_is_said_of_the_whole_is_a_test_of_no_marks_on_markus():
    """MarkUs would add an overall comment again with each run."""
    (group,) = reader.body(reader.body_of(report("wrong", WRONG)))["test_groups"]
    said = group["tests"][-1]
    assert (said["name"], said["marks_earned"], said["marks_total"]) == ("summary", 0, 0)
    assert "handin.epochs: 10 epochs" in said["output"]
    assert "marks: 1000 make one point" in said["output"]


def test_markus_is_told_what_is_wrong_and_where_an_error_was():
    tests, others = reader.lines("\n".join(results.lines(report("wrong", WRONG))) + "\n")
    by_name = {t["name"]: t for t in tests}
    assert by_name["A1 cnn.blocks"]["status"] == "partial"
    assert by_name["B1 unet.values"]["status"] == "error"
    assert by_name["B1 unet.skip_connections"]["status"] == "fail"
    assert by_name["A1 cnn.builds"]["time"] == 125
    assert "handin.epochs: 10 epochs" in others[0]["overall_comment"]


SHOWN = {"cnn.blocks": "pool_after_relu", "cnn.values": "pool_after_relu"}
SECRET = ("cnn.gradients", "cnn.registered", "cnn.output_shape", "cnn.settings")
FOUND = {
    "nothing": {},
    "the same": {"cnn.gradients": "pool_after_relu"},
    "another": {"cnn.gradients": "gradient_cut"},
    "two": {"cnn.gradients": "gradient_cut", "cnn.registered": "gradient_cut"},
}


def scored(failed):
    """Return a report in which checks failed, some of CNN's being hidden."""
    rubric_ = rubric.load()
    hide = {**rubric_.visibility, **dict.fromkeys(SECRET, "hidden")}
    rubric_ = replace(rubric_, visibility=hide)
    found = [
        CheckResult(id_, Status.FAILED, (Finding("w", "e", "a", failed[id_], "block 1"),))
        if id_ in failed
        else CheckResult(id_, Status.PASSED)
        for id_ in catalog.catalogue()
    ]
    graded = rubric.score(found, rubric_)
    made = pages.report(graded.checks)
    return audience.with_public_points(made, found, rubric_)


def priced(found, group):
    """Return the tests that students see, and what all tests add up to, in points."""
    if group is None:
        seen, _ = reader.lines("\n".join(results.lines(found)) + "\n")
        return seen, sum(test["marks_earned"] for test in seen)
    run = reader.body(reader.body_of(found, hidden_test_group=group))
    seen = run["test_groups"][0]["tests"]
    return seen, reader.mark(run, found.max_score)


@pytest.mark.parametrize("group", [None, 12])
@pytest.mark.parametrize("secret", FOUND.values(), ids=FOUND.keys())
def test_what_hidden_checks_found_moves_no_line_of_the_others(secret, group):
    found = scored(SHOWN | secret)
    seen, total = priced(found, group)
    assert total == pytest.approx(found.score, abs=0.0051)
    without, _ = priced(scored(SHOWN), group)
    told = {test["name"]: test for test in seen if "hidden" not in test["name"]}
    assert told == {test["name"]: test for test in without if "hidden" not in test["name"]}


@pytest.mark.parametrize("group", [None, 12])
def test_what_hidden_checks_cannot_bear_is_the_same_share_of_all_others(group):
    """The mark must be right, and tells then that more was lost than is shown."""
    found = scored({"cnn.registered": "layers_not_registered"})
    seen, total = priced(found, group)
    assert total == pytest.approx(found.score, abs=0.0051)
    own = [t for t in seen if t["name"].startswith("A1 cnn.")]
    shares = {round(test["marks_earned"] / test["marks_total"], 1) for test in own}
    assert len(own) == 6
    assert len(shares) == 1
    assert 0 < shares.pop() < 1
