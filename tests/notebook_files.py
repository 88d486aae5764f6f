"""The files of notebooks, made and parsed: shared by the tests of what is read of them."""

import json
import time

import nbformat
import pytest

from grader.basics.exits import BadInput
from grader.handin.notebook_file import parse, parse_notebook
from tests.hand_ins import code

SECONDS = 10  # far more than any of these takes
RESULT = {"output_type": "execute_result", "metadata": {}, "data": {"text/plain": "1"}}
STREAM = {"output_type": "stream", "name": "stdout", "text": "a"}


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


def changed(cell, **changes):
    """Return a notebook of one cell with these changes; a change to None takes the key away."""
    made = {**cell, **changes}
    return notebook(cells=[{key: value for key, value in made.items() if value is not None}])
