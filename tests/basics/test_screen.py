"""Colours and bars are for terminals that have them, and for people who want them."""

import io

import pytest

from grader.basics import screen


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "set_", "colours", "moves"),
    [
        (Terminal(), {}, True, True),
        (Terminal(), {"NO_COLOR": "1"}, False, True),
        (Terminal(), {"NO_COLOR": ""}, True, True),
        (Terminal(), {"TERM": "dumb"}, False, False),
        (io.StringIO(), {}, False, False),
    ],
    ids=["terminal", "no colour", "empty is unset", "dumb", "file"],
)
def test_what_a_stream_shows(monkeypatch, stream, set_, colours, moves):
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in set_.items():
        monkeypatch.setenv(name, value)
    assert (screen.colours(stream), screen.moves(stream)) == (colours, moves)
