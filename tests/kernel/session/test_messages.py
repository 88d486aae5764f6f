"""What is kept of a message, kind by kind; tests/fuzz/ tries what nobody thought of."""

import json

import pytest

from grader.kernel.session import messages


def read(kind, content, parent=None):
    header = {"msg_type": kind, "msg_id": "m", "date": "x"}
    parts = (header, parent or {"msg_id": "p"}, {"left": "out"}, content)
    frames = [
        b"",
        messages.DELIMITER,
        b"",
        *(json.dumps(part).encode() for part in parts),
        b"buffer",
    ]
    return messages.read(frames)


@pytest.mark.parametrize(
    ("kind", "content", "kept"),
    [
        ("stream", {"name": "stdout", "text": "a"}, {"name": "stdout", "text": "a"}),
        ("stream", {"name": "stdout", "text": ["a"]}, {"name": "stdout", "text": ""}),
        (
            "display_data",
            {"data": {"text/plain": ["a", "b"], "image/png": 5}, "metadata": {"x": 1},
             "transient": {"display_id": "d"}},
            {"data": {"text/plain": "ab"}, "metadata": {}, "transient": {"display_id": "d"}},
        ),
        (
            "execute_result",
            {"data": {"text/plain": "1"}, "execution_count": 3, "metadata": {}},
            {"data": {"text/plain": "1"}, "metadata": {}, "execution_count": 3},
        ),
        (
            "error",
            {"ename": "E", "evalue": "v" * 20_000, "traceback": ["a", 5]},
            {"ename": "E", "evalue": "v" * messages.SAID, "traceback": ["a", ""]},
        ),
        ("clear_output", {"wait": True}, {"wait": True}),
        ("clear_output", {"wait": "yes"}, {"wait": False}),
        ("execute_input", {"code": "x", "execution_count": True}, {"execution_count": None}),
        ("execute_reply", {"status": "ok", "execution_count": 2, "payload": [1]},
         {"status": "ok", "execution_count": 2}),
    ],
)  # fmt: skip
def test_what_is_kept(kind, content, kept):
    message = read(kind, content)
    assert message["content"] == kept
    assert message["parent_header"] == {"msg_id": "p"}
    assert message["metadata"] == {}
    assert message["buffers"] == []


@pytest.mark.parametrize("content", [None, [], "ok", {}, {"status": "fine"}, {"status": ["ok"]}])
def test_a_reply_that_is_none_is_an_error_and_never_success(content):
    reply = read("execute_reply", content)["content"]
    assert (reply["status"], reply["ename"]) == ("error", "BadReply")


def test_a_cell_that_was_not_run_is_no_success():
    reply = read("execute_reply", {"status": "aborted"})["content"]
    assert (reply["status"], reply["ename"]) == ("error", "NotRun")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("stream", {"name": "stdin", "text": "a"}),
        ("stream", ["stdout"]),
        ("status", {"execution_state": "asleep"}),
        ("comm_open", {"comm_id": "c"}),
        ("input_request", {"prompt": "password"}),
        (["stream"], {"name": "stdout", "text": "a"}),
    ],
)
def test_what_is_dropped(kind, content):
    assert read(kind, content) is None


def test_a_parent_that_is_none_belongs_to_no_cell():
    assert read("status", {"execution_state": "idle"}, parent={"msg_id": 5})["parent_header"] == {
        "msg_id": ""
    }


@pytest.mark.parametrize("text", [b"NaN", b"[" * 100_000, b"\xff", b'"open', b"1" * 5000])
def test_a_part_that_is_not_json_drops_the_message(text):
    frames = [messages.DELIMITER, b"", b'{"msg_type": "status"}', b"{}", b"{}", text]
    assert messages.read(frames) is None


def test_frames_without_end_are_not_looked_at():
    assert messages.read([messages.DELIMITER] * (messages.FRAMES + 1)) is None
