"""Tables as spreadsheets save them, whatever was done to them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.basics import tables
from grader.basics.exits import BadInput


def cells(data):
    data = data.encode() if isinstance(data, str) else data
    return [row.cells for row in tables.rows(data, "t.csv")]


@pytest.mark.parametrize(
    "data",
    [
        "a,b\n1,é\n",
        "a;b\r\n1;é\r\n",
        "a\tb\n1\té",
        "\ufeffa,b\r1,é\r",
        "sep=;\na;b\n1;é",
        '"a","b"\n"1","é"\n\n\n',
        "\n\na, b \n 1,é\n,,\n",
        "a,b\n1,é\n".encode("utf-16"),
        "a;b\n1;é\n".encode("cp1252"),
        "a,b\n1,'é\n".replace("'", ""),
    ],
)
def test_what_spreadsheets_do_to_a_table(data):
    assert cells(data) == [("a", "b"), ("1", "é")]


def test_a_formula_that_was_made_harmless_reads_back():
    assert cells("a\n'=1+1\n'tis\n") == [("a",), ("=1+1",), ("'tis",)]


def test_rows_are_counted_as_a_spreadsheet_does_and_as_an_editor_does():
    places = [row.place for row in tables.rows(b'a,b\n1,"x\ny"\n2,z\n', "t.csv")]
    assert places == ["line 1", "line 2", "line 4 (row 3)"]


def test_a_cell_that_is_not_there_is_empty():
    row = next(tables.rows(b"a,b", "t.csv"))
    assert (row.cell(1), row.cell(7)) == ("b", "")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("PK\x03\x04...", "t.csv: a workbook, not a CSV table; save it as CSV UTF-8"),
        (
            'a,b\n"' + "x" * 200_000,
            "t.csv: not a CSV table (field larger than field limit (131072)); save it as CSV UTF-8",
        ),
        ("a\n" * 200_001, "t.csv: more than 200000 rows"),
    ],
)
def test_what_is_no_table_is_one_line(data, line):
    with pytest.raises(BadInput) as caught:
        cells(data)
    assert str(caught.value) == line


def test_a_file_that_is_not_there_or_no_file(tmp_path):
    with pytest.raises(BadInput, match=r"^marks .*x\.csv: no such file$"):
        tables.load(tmp_path / "x.csv", "marks")
    with pytest.raises(BadInput, match="give a CSV file"):
        tables.load(tmp_path, "marks")


@given(st.binary(max_size=80))
@settings(max_examples=500)
def test_fuzz_any_bytes_are_a_table_or_one_line(data):
    try:
        found = cells(data)
    except BadInput as bad:
        found = str(bad)
    assert isinstance(found, list) or found.isprintable()
