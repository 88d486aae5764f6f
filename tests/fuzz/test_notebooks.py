"""Any file in a notebook's place is a notebook or one line, and what is written in it survives."""

import json

import nbformat
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.basics.exits import BadInput
from grader.handin.notebook_file import parse_notebook
from tests.fuzz.effort import many
from tests.hand_ins import code, text
from tests.notebook_files import RESULT, STREAM, notebook, parsed

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
@settings(max_examples=many(800))
def test_json_of_any_shape(value):
    one_line_or_a_notebook(json.dumps(value).encode())


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode("utf-8", "replace")))
@settings(max_examples=many(1000))
def test_bytes(data):
    one_line_or_a_notebook(data)


@given(NOTEBOOKS, st.data())
@settings(max_examples=many(300))
def test_bytes_changed_in_a_notebook(value, data):
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
@settings(max_examples=many(300))
def test_whatever_is_incidental_the_sources_survive(sources, data):
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
