"""No cell of a table is a formula, and every table reads back as it was written."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.basics import csvfile


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+1+1", "-1-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1"]
)
def test_what_a_spreadsheet_would_obey_gets_a_quote_mark(text):
    assert csvfile.cell(text) == "'" + text


@pytest.mark.parametrize("text", ["-3.5", "+2", "1e-5", "-.5", "3", "", "Ada", "a=b", "x-y"])
def test_plain_numbers_and_plain_text_stay(text):
    assert csvfile.cell(text) == text


def test_minus_infinity_and_dashes_are_no_numbers():
    assert csvfile.cell("-inf") == "'-inf"
    assert csvfile.cell("-") == "'-"


def test_nothing_is_an_empty_cell():
    assert csvfile.cell(None) == ""


def test_half_a_character_and_nul_are_replaced():
    assert csvfile.cell("a\ud800b\0") == "a?b\ufffd"


@given(st.text())
def test_no_cell_starts_a_formula_and_it_reads_back(text):
    made = csvfile.cell(text)
    assert made[:1] not in csvfile.OBEYED or csvfile.NUMBER.fullmatch(made)
    clean = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if not (clean.startswith("'") and csvfile.cell(clean[1:]) == clean):
        assert csvfile.uncell(made) == clean


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2)))
def test_a_table_has_the_rows_that_were_written(rows):
    text = csvfile.render(["a", "b"], rows)
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read == [["a", "b"], *([csvfile.cell(c) for c in row] for row in rows)]


def test_excel_is_told_that_it_is_utf_8():
    assert csvfile.write(["Élève"], []) == b"\xef\xbb\xbf\xc3\x89l\xc3\xa8ve\r\n"
