"""Characters that hide or reorder text are written out; those of names and emoji stay."""

import pytest

from grader.basics.csvfile import cell, uncell
from grader.basics.unseen import visible

HIDDEN = [0x34F, 0x115F, 0x1160, 0x17B4, 0x202E, 0x3164, 0xFE01, 0xFFA0, 0xE0001, 0xE0101]


@pytest.mark.parametrize("code", HIDDEN, ids=hex)
def test_what_takes_no_room_is_written_out(code):
    shown = visible(f"a{chr(code)}b")
    assert shown.isascii()
    assert shown.endswith(f"{code:04x}b")


@pytest.mark.parametrize("text", ["Žoë", "김철수", "👩‍🎓", "❤️", "עדה", "＝"])
def test_what_people_write_stays(text):
    assert visible(text) == text


@pytest.mark.parametrize("text", ["=1+1", "＝1+1", "＋1", "－2", "＠x", " ＝1"])
def test_a_formula_in_full_width_is_none(text):
    assert cell(text) == f"'{text}"
    assert uncell(cell(text)) == text
