"""Whatever a kernel sends: nothing but well-typed messages, and a notebook that can be written."""

import json

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete

from grader.kernel import sandbox
from grader.kernel.session import messages
from grader.kernel.session.deadlines import Deadlines
from grader.kernel.session.execution import NotebookRunner
from tests.fuzz.effort import many

ODD = st.sampled_from("ab\x1b\n\u00e9\ud800\udfff\U0001f40e")
ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(ODD, max_size=6)  # lone surrogates too
    | st.sampled_from(["stdout", "stderr", "idle", "busy", "ok", "error", "aborted", "d1"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
KINDS = st.sampled_from([*messages.CONTENTS, "comm_open", "comm_msg", "input_request", "x"])
FIELDS = (
    "name", "text", "data", "metadata", "transient", "display_id", "execution_count", "ename",
    "evalue", "traceback", "execution_state", "wait", "status", "payload", "comm_id", "target_name",
)  # fmt: skip
CONTENT = ANY | st.dictionaries(st.sampled_from(FIELDS), ANY, max_size=8)
BUNDLE = st.dictionaries(st.sampled_from(["text/plain", "image/png", "a/json"]), ANY, max_size=3)
SHOWN = st.fixed_dictionaries(
    {"data": BUNDLE | ANY, "metadata": ANY},
    optional={
        "transient": st.fixed_dictionaries({"display_id": ANY | st.just("d1")}) | ANY,
        "execution_count": ANY,
    },
)
MESSAGE = st.tuples(KINDS | st.text(max_size=8), CONTENT | SHOWN, ANY, ANY)


def frames(kind, content, parent, metadata):
    """The frames of a message, with whatever stands in its fields."""
    parts = [{"msg_type": kind, "msg_id": "m"}, parent, metadata, content]
    return [b"topic", messages.DELIMITER, b"signature", *(json.dumps(p).encode() for p in parts)]


@given(st.lists(st.binary(max_size=60) | st.just(messages.DELIMITER), max_size=9))
@settings(max_examples=many(500))
def test_bytes_are_a_message_or_nothing(parts):
    assert messages.read(parts) is None or messages.DELIMITER in parts


@given(MESSAGE)
@settings(max_examples=many(500))
def test_a_message_has_its_types(message):
    read = messages.read(frames(*message))
    if read is None:
        return
    assert read["msg_type"] in messages.CONTENTS
    assert isinstance(read["parent_header"]["msg_id"], str)
    json.dumps(read, allow_nan=False, ensure_ascii=False).encode()
    if read["msg_type"] == "execute_reply":
        assert read["content"]["status"] in ("ok", "error")


@pytest.fixture(scope="module")
def runner(tmp_path_factory):
    """A runner without a kernel: only what it does with messages counts."""
    base = tmp_path_factory.mktemp("fuzz")
    for name in ("scratch", "exchange", "kernel_side", "data"):
        (base / name).mkdir()
    places = {name: base / name for name in ("scratch", "exchange", "kernel_side", "data")}
    runner = NotebookRunner("bubblewrap", sandbox.SandboxSettings(**places), Deadlines())
    NotebookClient.__init__(runner, nbformat.v4.new_notebook())
    return runner


@given(st.lists(MESSAGE, min_size=1, max_size=5))
@settings(max_examples=many(150))
def test_a_cell_survives_any_messages(runner, sent):
    cells = [nbformat.v4.new_code_cell("x") for _ in range(2)]
    runner.nb = nbformat.v4.new_notebook(cells=cells)
    runner.reset_execution_trackers()
    runner.clear_before_next_output = False
    runner._meter = type(runner._meter)()
    for number, message in enumerate(sent):
        read = messages.read(frames(*message))
        if read is not None and read["msg_type"] not in ("execute_reply", "kernel_info_reply"):
            try:
                runner.process_message(read, cells[number % 2], number % 2)
            except CellExecutionComplete:
                cells[0].outputs = []  # as the next run of a cell begins
    nbformat.validate(runner.nb)
    nbformat.writes(runner.nb).encode()
