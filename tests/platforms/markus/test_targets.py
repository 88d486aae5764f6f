"""Where results go on MarkUs: test groups that hold them, and hide what must be hidden."""

from dataclasses import replace

import pytest

from grader.basics import storage
from grader.basics.exits import GRADED, WITHHELD, BadInput
from grader.model import Status
from tests.class_parts import check, report, withheld
from tests.platforms.markus import reader
from tests.platforms.markus.conftest import push
from tests.platforms.markus.server import OPEN, STAFF


def secretive(folder):
    secret = check("cnn.blocks", Status.FAILED, 0, ("pool_after_relu",), "hidden")
    found = report("ada", (secret,))
    checks = tuple(replace(c, public_points=c.max_points) for c in found.checks)
    storage.save_report(folder / "ada", replace(found, checks=checks))


def test_hidden_checks_go_to_the_group_that_staff_see(server, tmp_path):
    secretive(tmp_path)
    server.test_groups.append((12, "hidden", STAFF, "Code"))
    assert push(server, tmp_path, hidden_test_group=12) == GRADED
    open_, staff = reader.body(server.results[100][0])["test_groups"]
    assert "pool_after_relu" not in str(open_)
    assert "pool_after_relu" in str(staff)


def test_without_such_a_group_hidden_checks_have_no_words(server, tmp_path):
    secretive(tmp_path)
    push(server, tmp_path)
    (group,) = reader.body(server.results[100][0])["test_groups"]
    assert "pool_after_relu" not in str(group)
    assert "A1 hidden checks" in str(group)


@pytest.mark.parametrize(
    ("groups", "options", "words"),
    [
        ([], {}, r"--test-group 11: the assignment has no test group; add one under"),
        ([], {"test_group": None}, "--test-group is needed: the assignment has no test group"),
        ([(5, "x", OPEN, None)], {}, r"--test-group 11: the assignment has 5 \(x\)"),
        (
            [(5, "x", OPEN, None), (6, "y", OPEN, None)],
            {"test_group": None},
            r"--test-group is needed: the assignment has 5 \(x\), 6 \(y\)",
        ),
        (
            [(11, "x", OPEN, "Code"), (12, "y", OPEN, "Code")],
            {"hidden_test_group": 12},
            "--hidden-test-group 12: MarkUs shows its output to students",
        ),
        (
            [(11, "x", OPEN, "Code"), (12, "y", STAFF, None)],
            {"hidden_test_group": 12},
            "--hidden-test-group 12 marks no criterion and --test-group 11 Code",
        ),
        ([(11, "x", STAFF, "Code")], {"hidden_test_group": 11}, "is --test-group too"),
    ],
)
def test_a_test_group_that_would_lose_or_show_results_is_refused(
    server, graded, groups, options, words
):
    server.test_groups = groups
    with pytest.raises(BadInput, match=words):
        push(server, graded, **options)
    assert server.results == {}


def test_the_only_test_group_need_not_be_named(server, graded):
    assert push(server, graded, test_group=None) == GRADED
    assert set(server.results) == {100, 101}


def test_a_test_group_that_shows_nothing_or_marks_nothing_is_said(server, graded, capsys):
    server.test_groups = [(11, "x", STAFF, None)]
    assert push(server, graded) == GRADED
    said = capsys.readouterr().err
    assert "students will not see the output of test group 11 (instructors)" in said
    assert "test group 11 marks no criterion" in said


def test_an_old_server_is_named_and_takes_the_mark_alone(server, graded, capsys):
    server.before_2_9 = True
    storage.save_report(graded / "bo", withheld("bo", "no memory"))
    assert push(server, graded) == WITHHELD
    assert "before 2.9 takes no test runs, only marks: give --criterion" in capsys.readouterr().err
    assert push(server, graded, test_group=None, criterion="Code") == WITHHELD
    assert server.marks == {100: {"Code": 3.0}}
    assert "1 withheld: no mark was set" in capsys.readouterr().out
