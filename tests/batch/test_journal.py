"""grader.log: a line for each thing that a run did, kept behind what other runs did."""

import logging

import pytest

from grader.batch import journal
from grader.model import Verdict
from tests.class_parts import report, withheld


@pytest.fixture
def lines(tmp_path):
    """Return a function that reads the log without its times."""

    def read():
        text = (tmp_path / journal.FILE).read_text("utf-8")
        return [line.split(" ", 2)[2] for line in text.splitlines()]

    return read


def test_runs_stand_behind_each_other(tmp_path, lines):
    for _ in range(2):
        with journal.kept(tmp_path, verbose=False):
            journal.began("0.1", "uid", (), ("ada",), ("a\x1b[31m note",))
            journal.finished(report("ada", verdict=Verdict.WRONG), 1.25)
            journal.finished(withheld("bo", "no\nmemory"), 2)
            journal.failed("cy", "the worker died")
            journal.stopped("the disk is full")
    assert lines() == 2 * [
        "INFO grader 0.1: 0 to grade, 1 done before; isolation uid",
        "INFO note: a\\x1b[31m note",
        "INFO ada: wrong, 3.00 of 3.00, 1.2 s",
        "WARNING bo: withheld after 2.0 s: no\\nmemory",
        "WARNING cy: the worker died",
        "ERROR the disk is full",
    ]


def test_nothing_is_kept_or_printed_without_a_folder(tmp_path, capsys):
    with journal.kept(None, verbose=False):
        journal.failed("cy", "the worker died")
    assert not list(tmp_path.iterdir())
    assert capsys.readouterr() == ("", "")


def test_verbose_prints_it_as_it_happens(tmp_path, capsys, lines):
    with journal.kept(tmp_path, verbose=True):
        journal.failed("cy", "the worker died")
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.endswith(" WARNING cy: the worker died\n")
    assert lines() == ["WARNING cy: the worker died"]


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path, capsys):
    (tmp_path / journal.FILE).mkdir()
    with journal.kept(tmp_path, verbose=False):
        journal.failed("cy", "the worker died")
    assert capsys.readouterr() == ("", "")


def test_logging_is_left_as_it_was(tmp_path):
    before = (list(journal.LOG.handlers), journal.LOG.level, journal.LOG.propagate)
    with journal.kept(tmp_path, verbose=True):
        assert journal.LOG.isEnabledFor(logging.INFO)
    assert (list(journal.LOG.handlers), journal.LOG.level, journal.LOG.propagate) == before
