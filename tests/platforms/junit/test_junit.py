"""JUnit XML, read back by pytest's schema and by a parser of somebody else's."""

from junitparser import Error, Failure, Skipped

from tests.class_parts import report, withheld
from tests.platforms.classes import WRONG, class_of_every_kind
from tests.platforms.junit.reader import suites


def test_junit_says_failure_error_and_skipped():
    suite = next(iter(suites([report("wrong", WRONG)])))
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (8, 2, 1, 1)
    kinds = {case.name: [type(r) for r in case.result] for case in suite}
    assert kinds["cnn.blocks"] == [Failure]
    assert kinds["unet.values"] == [Error]
    assert kinds["unet.skip_connections"] == [Skipped]
    assert kinds["cnn.builds"] == []
    message = next(c for c in suite if c.name == "cnn.blocks").result[0]
    assert message.message == "the blocks"
    assert "look for: look there" in message.text


def test_junit_has_an_error_and_no_score_for_a_withheld_report():
    suite = next(iter(suites([withheld("bo", "the sandbox died")])))
    assert suite.errors == 1
    assert "the sandbox died" in next(iter(suite)).result[0].message
    assert "score" not in {p.name for p in suite.properties()}


def test_junit_of_a_class_is_valid_and_holds_everyone():
    found = suites(class_of_every_kind())
    assert len(list(found)) == len(class_of_every_kind())
