"""What Jupyter opens is read: each irregularity is normalised, and said."""

import json

import nbformat
import pytest

from tests.hand_ins import code, text
from tests.notebook_files import RESULT, STREAM, changed, notebook, notes, parsed, refusal

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
