"""Whatever lies in the exchange folder: a reply that can be written down, or Refused."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from grader.basics import storage
from grader.basics.files import Refused
from grader.kernel import requests
from grader.model import Outcome, Request
from tests import loose
from tests.fuzz.effort import many

NONCE = "0" * 32
ASKED = Request("r", loose.KIND)
ARRAYS = save({"a": np.zeros((2, 3)), "b": np.arange(4), "c": np.array([True])})
ODD = st.sampled_from("ab\x1b\n\u00e9\ud800\udfff\U0001f40e")
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(ODD, max_size=8)
ANY = st.recursive(
    LEAF,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=10,
)
HEAD = st.fixed_dictionaries(
    {
        "nonce": st.just(NONCE) | ANY,
        "outcome": st.sampled_from(["ok", "raised", "missing", "timed_out"]) | ANY,
        "values": st.dictionaries(st.text(st.characters(codec=None), max_size=4), ANY, max_size=4)
        | ANY,
    },
    optional={"error": st.fixed_dictionaries({"name": ANY, "message": ANY}) | ANY},
)


@pytest.fixture(autouse=True, scope="module")
def _any_kind():
    with loose.known():
        yield


def decoded(head, arrays=ARRAYS):
    """The reply, or None if it is refused; anything else that is raised is a fault of ours."""
    why = ""
    try:
        return requests.decode(ASKED, NONCE, head, arrays, 0.1)
    except Refused as refused:
        why = str(refused)
    assert why.isprintable()
    assert len(why) < 300
    return None


@given(HEAD)
@settings(max_examples=many(500))
def test_any_head(head):
    reply = decoded(json.dumps(head).encode())
    if reply is not None:
        assert reply.outcome in (Outcome.OK, Outcome.RAISED, Outcome.MISSING, Outcome.REFUSED)
        text = storage.to_json(reply.values)
        (text if isinstance(text, bytes) else text.encode()).decode()
        json.dumps(reply.values, allow_nan=False)
        str(reply.error).encode()


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
@settings(max_examples=many(500))
def test_any_bytes_as_head(data):
    decoded(data)


@given(
    st.lists(st.tuples(st.integers(0, len(ARRAYS) - 1), st.integers(0, 255)), max_size=8),
    st.integers(0, len(ARRAYS)),
    st.binary(max_size=20),
)
@settings(max_examples=many(500))
def test_arrays_with_changed_bytes(changes, length, tail):
    data = bytearray(ARRAYS)
    for place, value in changes:
        data[place] = value
    reply = decoded(
        json.dumps({"nonce": NONCE, "outcome": "ok", "values": {}}).encode(),
        bytes(data[:length]) + tail,
    )
    for array in (reply.arrays if reply else {}).values():
        assert array.nbytes <= len(ARRAYS)


@given(st.dictionaries(st.text(max_size=6), ANY, max_size=4))
@settings(max_examples=many(500))
def test_any_header_of_arrays(header):
    text = json.dumps(header).encode()
    decoded(
        json.dumps({"nonce": NONCE, "outcome": "ok", "values": {}}).encode(),
        len(text).to_bytes(8, "little") + text + bytes(16),
    )


def test_numbers_that_no_check_could_use_are_refused():
    for text in ("1e999", "-1e999", "NaN", "1" * 400):
        head = f'{{"nonce": "{NONCE}", "outcome": "ok", "values": {{"x": {text}}}}}'
        assert decoded(head.encode()) is None


def test_lone_surrogates_become_question_marks():
    head = {
        "nonce": NONCE,
        "outcome": "raised",
        "values": {"\ud800": ["\udfff"]},
        "error": {"name": "E\ud800", "message": "x"},
    }
    reply = decoded(json.dumps(head).encode(), save({}))
    assert reply is not None
    assert reply.values == {"?": ["?"]}
    assert str(reply.error) == "E?: x"
