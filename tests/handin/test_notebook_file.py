"""The notebook's file: whatever bytes come, one line or a notebook, and soon."""

import json
import time

import nbformat
import pytest

from grader.basics.exits import BadInput
from grader.handin import notebook_file
from grader.handin.notebook_file import parse_notebook
from tests.hand_ins import code, text
from tests.notebook_files import SECONDS, notebook, notes, parsed, refusal


def test_a_mark_at_the_front_is_read_over():
    assert parsed(b"\xef\xbb\xbf" + json.dumps(notebook()).encode()).cells[0].source == "x = 1"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read_and_said(encoding):
    data = json.dumps(notebook(cells=[text("Élève")])).encode(encoding)
    assert parsed(data).cells[0].source == "Élève"
    assert notes(data) == ("saved as UTF-16, which Jupyter does not open; read all the same",)
    assert notes(notebook()) == ()


def test_numbers_that_are_none_are_left_out():
    data = json.dumps(notebook(metadata={"a": 0})).replace(
        '"a": 0', '"a": NaN, "b": Infinity, "c": 1e999, "d": -Infinity, "e": 1.5'
    )
    metadata = parsed(data.encode()).metadata
    assert dict(metadata) == {"a": None, "b": None, "c": None, "d": None, "e": 1.5}


def test_half_a_character_becomes_a_mark_and_whole_ones_stay():
    data = json.dumps(notebook(cells=[text("a\ud800b \U0001f40e")])).encode()
    assert r"\ud800" in data.decode()
    made = parse_notebook(data, "n")
    assert made.encode()
    assert nbformat.reads(made, as_version=4).cells[0].source == "a\ufffdb \U0001f40e"


def test_of_a_key_that_stands_twice_the_last_counts_as_in_jupyter():
    data = json.dumps(notebook()).replace('"cells"', '"cells": [], "cells"').encode()
    assert parsed(data).cells[0].source == "x = 1"
    assert notes(data) == ("'cells' twice at one place, of which the last counts, as in Jupyter",)


BROKEN = "broken JSON (line 1), not a notebook; download the .ipynb again"
TOO_DEEP = "broken JSON (too deep), not a notebook; download the .ipynb again"
LFS = "a pointer of Git LFS, not a notebook; download the .ipynb again"
NO_NOTEBOOK = "JSON, but not a notebook (no nbformat); hand in the .ipynb"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"[" * 30_000_000, TOO_DEEP),
        (b'{"a":' * 500_000, TOO_DEEP),
        (b"[" * 100_000 + b"]" * 100_000, "nested more than 60 deep; not a real notebook"),
        (b"[" + b"[]," * 1_000_000, "more than 500000 lists and tables; not a real notebook"),
        (b"[" + b"1," * 3_000_000 + b"1]", "more than 2000000 values; not a real notebook"),
        (b'["' + b'","' * 3_000_000 + b'"]', "more than 2000000 texts; not a real notebook"),
        (b"[" + b"9" * 10_000_000, "a number of more than 300 digits; not a real notebook"),
        (b'["' + b"\\\\" * 10_000_000, BROKEN),
        (b'["' + b'\\n"' * 1_000_000, BROKEN),
        (b'["' + b'\\"' * 1_000_000, BROKEN),
        (b"]" * 1_000_000, BROKEN),
        (b"\x00" * 100, BROKEN),
        (b"\x1f\x8b\x08 zipped", "a packed file, not a notebook; hand in the .ipynb"),
        (b"PK\x03\x04", "a zip file, not a notebook; hand in the .ipynb"),
        (b"%PDF-1.4", "a PDF, not a notebook; hand in the .ipynb"),
        (b"{\x81\x00", "not text, so not a notebook; hand in the .ipynb"),
        (b"\xe9" * 1_000_000, "not text, so not a notebook; hand in the .ipynb"),
        (b"{" + b"\xe9" * 3_000_000, BROKEN),
        (b"import torch\n", "Python code, not a notebook; download the .ipynb again"),
        (b"version https://git-lfs.github.com/spec/v1\noid", LFS),
        (b"<<<<<<< HEAD\n" * 500_000, "an HTML page, not a notebook; download the .ipynb again"),
        (b'{"nbformat": 1e400}', NO_NOTEBOOK),
        (b"\xff\xfe\x00", "not text, so not a notebook; hand in the .ipynb"),
        (b"\xff\xfe{\x00}\x00", NO_NOTEBOOK),
    ],
)
def test_hostile_files_are_refused_soon_and_in_one_line(data, line):
    assert refusal(data) == line


def test_brackets_in_texts_are_no_nesting():
    assert parsed(notebook(cells=[code("x = " + "[" * 500), text('"' + "{" * 500 + "\\")])).cells


def test_more_cells_or_outputs_than_anybody_has(monkeypatch):
    monkeypatch.setattr(notebook_file, "CELLS_LIMIT", 3)
    made = json.dumps(notebook(cells=[code("x")] * 4)).encode()
    assert "4 cells and 0 outputs" in refusal(made)


def test_a_large_real_notebook_is_read_soon():
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * 100_000}}
    lines = [{"output_type": "stream", "name": "stdout", "text": ["loss 1.0\n"] * 2000}] * 20
    made = notebook(cells=[code("train()", *lines, *[picture] * 10) for _ in range(9)])
    data = json.dumps(made).encode()
    assert len(data) > 12_000_000
    begun = time.monotonic()
    assert len(parsed(data).cells) == 9
    assert time.monotonic() - begun < 3 * SECONDS


CONFLICT = """{
 "cells": [
<<<<<<< HEAD
  {"cell_type": "code", "source": "x = 1"}
=======
  {"cell_type": "code", "source": "x = 2"}
>>>>>>> unet
 ], "nbformat": 4
}"""


@pytest.mark.parametrize(("before", "line"), [("", 3), ("\n\n", 5)])
def test_a_merge_conflict_is_named_as_what_it_is(before, line):
    assert refusal((before + CONFLICT).encode()) == (
        f"a merge conflict of Git is in it (line {line}), so it is not a notebook; choose one of "
        "the two versions, open it with Jupyter, and hand it in again"
    )


def test_a_conflict_from_the_first_line_on_is_no_html_page():
    assert refusal(b"<<<<<<< HEAD\n{}\n=======\n[]\n>>>>>>> main\n").startswith("a merge conflict")


def test_windows_text_and_text_pasted_into_utf_8_are_read_and_said():
    note = "saved as Windows-1252, which Jupyter does not open; read all the same"
    made = json.dumps(notebook(cells=[text("naïve – café")]), ensure_ascii=False)
    for data in (made.encode("cp1252"), made.encode().replace("é".encode(), b"\xe9")):
        assert parsed(data).cells[0].source == "naïve – café"
        assert notes(data) == (note,)


def test_an_old_notebook_is_completed_and_valid(tmp_path):
    old = notebook(metadata={"widgets": {"application/vnd.jupyter.widget-state+json": {}}})
    old["cells"] = [
        {"cell_type": "code", "source": ["a\n", "b"]},
        {"cell_type": "markdown", "source": "t"},
    ]
    parsed = nbformat.reads(parse_notebook(json.dumps(old).encode(), "n"), as_version=4)
    nbformat.validate(parsed)
    assert [c.source for c in parsed.cells] == ["a\nb", "t"]
    assert "widgets" not in parsed.metadata


def test_parsing_twice_gives_the_same_bytes():
    data = json.dumps(notebook(cells=[code("x"), code("y")])).encode()
    assert parse_notebook(data, "n") == parse_notebook(data, "n")


def test_nbformat_3_is_upgraded():
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "code", "input": "x = 1", "language": "python", "outputs": []}
                ]
            }
        ],
    }
    parsed = nbformat.reads(parse_notebook(json.dumps(old).encode(), "n"), as_version=4)
    assert parsed.cells[0].source == "x = 1"


NEWER = (
    "n.ipynb: nbformat 99, but this program reads formats 1 to 4; save it with Jupyter as version 4"
)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "n.ipynb: the file is empty; save the notebook and hand it in again"),
        (b"  \n", "n.ipynb: the file is empty; save the notebook and hand it in again"),
        (b"<html>", "n.ipynb: an HTML page, not a notebook; download the .ipynb again"),
        (
            b'{"cells": [',
            "n.ipynb: broken JSON (line 1), not a notebook; download the .ipynb again",
        ),
        (b"\xff\xfe\x00", "n.ipynb: not text, so not a notebook; hand in the .ipynb"),
        (
            b"[" * 200_000,
            "n.ipynb: broken JSON (too deep), not a notebook; download the .ipynb again",
        ),
        (b"[1]", "n.ipynb: JSON, but not a notebook (no nbformat); hand in the .ipynb"),
        (b"{}", "n.ipynb: JSON, but not a notebook (no nbformat); hand in the .ipynb"),
        (
            b'{"nbformat": true}',
            "n.ipynb: JSON, but not a notebook (no nbformat); hand in the .ipynb",
        ),
        (
            b'{"nbformat": 99, "cells": []}',
            NEWER,
        ),
    ],
)
def test_bad_notebooks(content, line):
    with pytest.raises(BadInput) as caught:
        parse_notebook(content, "n.ipynb")
    assert str(caught.value) == line


def test_a_cell_that_is_no_cell_is_refused_in_one_line():
    with pytest.raises(BadInput, match="not a notebook that Jupyter can open") as caught:
        parse_notebook(
            json.dumps(notebook(cells=[{"cell_type": "code", "source": {}}])).encode(), "n"
        )
    assert "\n" not in str(caught.value)


def test_nesting_is_bounded():
    deep = json.loads("[" * 80 + "]" * 80)
    with pytest.raises(BadInput, match="nested more than 60 deep"):
        parse_notebook(json.dumps(notebook(metadata={"x": deep})).encode(), "n")


def test_control_characters_in_a_name_are_escaped(tmp_path):
    with pytest.raises(BadInput) as caught:
        parse_notebook(b"", "a\x1b[31m\n.ipynb")
    assert str(caught.value).startswith(r"a\x1b[31m\n.ipynb: ")
