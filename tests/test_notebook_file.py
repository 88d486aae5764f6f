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
from grader.notebook_file import parse, parse_notebook
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


def notes(data):
    """Return what a person is told of bytes or a notebook."""
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return parse(data, "n.ipynb").notes


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


RESULT = {"output_type": "execute_result", "metadata": {}, "data": {"text/plain": "1"}}
STREAM = {"output_type": "stream", "name": "stdout", "text": "a"}


def changed(cell, **changes):
    """Return a notebook of one cell with these changes; a change to None takes the key away."""
    made = {**cell, **changes}
    return notebook(cells=[{key: value for key, value in made.items() if value is not None}])


# What Jupyter, Colab or VS Code write, or people leave behind, and what is said of it.
IRREGULAR = {
    "outputs_of_a_text_cell": (
        changed(text("x = 1"), outputs=[], execution_count=3),
        "'outputs' of a text cell, left out; 'execution_count' of a text cell, left out",
    ),
    "transient": (
        changed(code("x = 1", {**RESULT, "execution_count": 1, "transient": {}})),
        "'transient' of an output (execute_result), left out",
    ),
    "a_result_without_a_count": (
        changed(code("x = 1", RESULT)),
        "an output (execute_result) without execution_count",
    ),
    "a_kernelspec_with_a_name_only": (
        notebook(metadata={"kernelspec": {"name": "python3"}}),
        "a kernelspec with one name only",
    ),
    "a_kernelspec_that_is_a_text": (
        notebook(metadata={"kernelspec": "python3"}),
        "the notebook's metadata 'kernelspec', left out",
    ),
    "a_language_without_a_name": (
        notebook(metadata={"language_info": {"version": "3.6"}}),
        "the notebook's metadata 'language_info', left out",
    ),
    "output_expanded": (
        changed(code("x = 1"), outputExpanded=True),
        "'outputExpanded' of a code cell, left out",
    ),
    "metadata_on_a_stream": (
        changed(code("x = 1", {**STREAM, "metadata": {}})),
        "'metadata' of an output (stream), left out",
    ),
    "a_stream_without_a_name": (
        changed(code("x = 1", {"output_type": "stream", "text": ["a"]})),
        "an output (stream) without name",
    ),
    "metadata_that_is_a_list": (
        changed(code("x = 1"), metadata=[]),
        "metadata of a cell that is no table, left out",
    ),
    "attachments_of_a_code_cell": (
        changed(code("x = 1"), attachments={}),
        "'attachments' of a code cell, left out",
    ),
    "a_tag_twice": (
        changed(code("x = 1"), metadata={"tags": ["a", "a", "b,c", 5, "d"]}),
        "tags that are not distinct words",
    ),
    "collapsed_that_is_a_number": (
        changed(code("x = 1"), metadata={"collapsed": 1, "scrolled": 1}),
        "a cell's metadata 'collapsed', left out; a cell's metadata 'scrolled', left out",
    ),
    "a_count_that_is_a_text": (
        changed(code("x = 1"), execution_count="1"),
        "an execution count that is no number",
    ),
    "data_that_is_a_table": (
        changed(code("x = 1", {**RESULT, "execution_count": 1, "data": {"text/plain": {}}})),
        "an output's data: 'text/plain' that is no text, left out",
    ),
    "an_output_of_another_kind": (
        changed(code("x = 1", {"output_type": "clear_output"})),
        "an output of no known type, left out",
    ),
    "a_traceback_that_is_a_text": (
        changed(
            code("x = 1", {"output_type": "error", "ename": "E", "evalue": "", "traceback": "a"})
        ),
        "a traceback that is no list of lines",
    ),
    "a_cell_that_is_a_text": (
        notebook(cells=[code("x = 1"), "stray"]),
        "something among the cells that is no cell, left out",
    ),
    "a_cell_of_another_type": (
        changed(text("x = 1"), cell_type="sql"),
        "a cell of the type 'sql', taken for plain text",
    ),
    "a_source_of_lines_and_numbers": (
        changed(code(["x = ", 1])),
        "a source that is not text throughout",
    ),
    "something_beside_the_cells": (notebook(x=1), "'x' of the notebook, left out"),
    "format_4_0": (notebook(nbformat=4.0), None),
    "an_older_number_above_newer_cells": (notebook(nbformat=3), None),
    "a_minor_number_of_the_future": (notebook(nbformat_minor=99), None),
    "no_metadata": ({"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = 1"}]}, None),
}


@pytest.mark.parametrize("name", IRREGULAR)
def test_what_jupyter_opens_is_read_and_said(name):
    made, note = IRREGULAR[name]
    found = parsed(made)
    nbformat.validate(found)
    assert [cell.source for cell in found.cells] == ["x = 1"]
    said = f"not as nbformat 4 has it, but read as Jupyter reads it: {note}"
    assert notes(made) == (() if note is None else (said,))


def test_what_is_kept_beside_what_is_left_out():
    made = changed(
        code("x = 1", {**RESULT, "transient": {}}, STREAM),
        metadata={"tags": ["a", "a"], "collapsed": "no", "colab": {"height": 3}},
    )
    cell = parsed(made).cells[0]
    assert dict(cell.metadata) == {"tags": ["a"], "colab": {"height": 3}}
    assert [o.output_type for o in cell.outputs] == ["execute_result", "stream"]
    assert cell.outputs[0].data == {"text/plain": "1"}


def test_oddities_are_counted_and_not_listed_without_end():
    cells = [{**text("a"), f"k{n}": 1, "outputs": []} for n in range(9)]
    assert notes(notebook(cells=cells))[0].endswith(
        "'k0' of a text cell, left out; 'outputs' of a text cell, left out (9 times); "
        "'k1' of a text cell, left out; 'k2' of a text cell, left out; "
        "'k3' of a text cell, left out; 'k4' of a text cell, left out and 4 more"
    )


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ({"nbformat": 4}, "it has no list of cells"),
        (notebook(cells={}), "it has no list of cells"),
        (changed(code({"x": 1})), "the source of cell 1 is no text"),
        (changed(code(["x", ["y"]])), "the source of cell 1 is no text"),
    ],
)
def test_only_what_cannot_be_read_as_cells_is_refused(made, why):
    line = refusal(json.dumps(made).encode())
    assert line == f"not a notebook that Jupyter can open ({why})"


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


SOURCES = st.lists(st.text(st.characters(codec="utf-8"), max_size=12), max_size=4)
PLACES = ("cell_type", "source", "cells", "nbformat", "worksheets")  # not incidental


def tables(value):
    """Yield every table in a value, itself first."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, (dict, list)):
            yield from tables(inner)


@given(SOURCES, st.data())
@settings(max_examples=300 * MORE)
def test_fuzz_whatever_is_incidental_the_sources_survive(sources, data):
    outputs = (RESULT | {"execution_count": 1}, STREAM)
    cells = [code(source, *outputs) if n % 2 else text(source) for n, source in enumerate(sources)]
    made = json.loads(json.dumps(notebook(cells=cells)))
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.sampled_from(list(tables(made))))
        key = data.draw(st.sampled_from([*place, "transient", "name", "tags", "outputs", "x"]))
        if key in PLACES:
            continue
        if data.draw(st.booleans()):
            place.pop(key, None)
        else:
            place[key] = data.draw(JSON)
    found = parsed(made)
    nbformat.validate(found)
    assert [(c.cell_type, c.source) for c in found.cells] == [
        (c["cell_type"], c["source"]) for c in cells
    ]
