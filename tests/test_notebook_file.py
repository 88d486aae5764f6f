"""The notebook's file: whatever bytes come, one line or a notebook, and soon."""

import json
import os
import time

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import notebook_file
from grader.exits import BadInput
from grader.notebook_file import encoding_note, parse_notebook
from tests.hand_ins import code, text

MORE = int(os.environ.get("FUZZ", "1"))  # times as many inputs
SECONDS = 10  # far more than any of these takes


def notebook(**changes):
    made = {"nbformat": 4, "nbformat_minor": 1, "metadata": {}, "cells": [code("x = 1")]}
    return made | changes


def parsed(data):
    """Parse bytes or a notebook, and return what Jupyter reads of it."""
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return nbformat.reads(parse_notebook(data, "n.ipynb"), as_version=4)


def refusal(data):
    """Return the line that bytes get, which must come soon."""
    begun = time.monotonic()
    with pytest.raises(BadInput) as caught:
        parse_notebook(data, "n.ipynb")
    assert time.monotonic() - begun < SECONDS
    line = str(caught.value)
    assert line.isprintable()
    return line.removeprefix("n.ipynb: ")


def test_a_mark_at_the_front_is_read_over():
    assert parsed(b"\xef\xbb\xbf" + json.dumps(notebook()).encode()).cells[0].source == "x = 1"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read_and_said(encoding):
    data = json.dumps(notebook(cells=[text("Élève")])).encode(encoding)
    assert parsed(data).cells[0].source == "Élève"
    assert encoding_note(data) == "saved as UTF-16, which Jupyter does not open; read all the same"
    assert encoding_note(b"{}") is None


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


def test_a_key_that_stands_twice_is_refused():
    data = json.dumps(notebook()).replace('"cells"', '"cells": [], "cells"')
    assert refusal(data.encode()) == (
        "'cells' is in it twice at one place; open it with Jupyter, save it, and hand it in again"
    )


BROKEN = "broken JSON (line 1), not a notebook; download the .ipynb again"
TOO_DEEP = "broken JSON (too deep), not a notebook; download the .ipynb again"
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
        (b"\x1f\x8b\x08 zipped", "not text, so not a notebook; hand in the .ipynb"),
        (b"PK\x03\x04", BROKEN),
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


KEYS = st.sampled_from(
    ["cells", "metadata", "nbformat", "nbformat_minor", "cell_type", "source", "outputs", "id",
     "execution_count", "output_type", "text", "data", "name", "worksheets", "attachments",
     "widgets", "ename", "traceback", "image/png", "input", "prompt_number", "collapsed"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
CELL = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading", "html"]) | JSON,
        "source": st.text(max_size=9) | st.lists(st.text(max_size=5), max_size=3) | JSON,
        "metadata": st.just({}) | JSON,
        "outputs": st.lists(
            st.fixed_dictionaries(
                {"output_type": st.sampled_from(["stream", "error", "display_data", "pyout"])},
                optional={"text": JSON, "data": JSON, "name": JSON, "metadata": JSON},
            ),
            max_size=3,
        )
        | JSON,
        "execution_count": JSON,
        "input": JSON,
        "level": JSON,
    },
)
NOTEBOOKS = st.fixed_dictionaries(
    {"nbformat": st.integers(1, 4) | JSON},
    optional={
        "nbformat_minor": st.integers(0, 9) | JSON,
        "metadata": st.just({}) | JSON,
        "cells": st.lists(CELL, max_size=4) | JSON,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(CELL, max_size=3)})) | JSON,
    },
)


def one_line_or_a_notebook(data):
    """Parse; anything but BadInput with one line, or a notebook that can be written, fails."""
    try:
        made = parse_notebook(data, "n.ipynb")
    except BadInput as bad:
        made, line = None, str(bad)
    if made is None:
        assert line.isprintable()
    else:
        made.encode()
        nbformat.validate(nbformat.reads(made, as_version=4))


@given(st.one_of(NOTEBOOKS, JSON))
@settings(max_examples=800 * MORE)
def test_fuzz_json_of_any_shape(value):
    one_line_or_a_notebook(json.dumps(value).encode())


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode("utf-8", "replace")))
@settings(max_examples=1000 * MORE)
def test_fuzz_bytes(data):
    one_line_or_a_notebook(data)


@given(NOTEBOOKS, st.data())
@settings(max_examples=300 * MORE)
def test_fuzz_bytes_changed_in_a_notebook(value, data):
    made = bytearray(json.dumps(value).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(made) - 1))
        made[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
        if not made:
            return
    one_line_or_a_notebook(bytes(made))
