"""A kernel's messages, made harmless before anything else looks at them.

Student code owns the kernel, so every field of a message is its to forge. What passes here has the
types that the Jupyter protocol gives it, bounded lengths, no NaN and no lone surrogates; all else
is dropped. The signature is not looked at: the kernel holds the key, so it proves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

DELIMITER = b"<IDS|MSG>"
PARTS = 4  # header, parent header, metadata, content; buffers behind them are left out
FRAMES = 64
TEXT = 8 << 20  # characters of one stream message; less than this survives, see flood.KEPT_BYTES
NAME = 200  # characters of a name, an id, a kind
SAID = 10_000  # characters of an error's message
TRACE_LINES, TRACE_TEXT = 200, 100_000
STATES = ("busy", "idle", "starting")
NOT_RUN = {"status": "error", "ename": "NotRun", "evalue": "the kernel did not run it"}
NO_ANSWER = {"status": "error", "ename": "BadReply", "evalue": "the kernel's reply is not one"}

Message = dict[str, Any]


class Malformed(ValueError):
    """What came is no message."""


def read(frames: Sequence[bytes]) -> Message | None:
    """Return the message in these frames, or None for one that is malformed or not wanted.

    >>> read([b"nonsense"]) is None
    True
    """
    try:
        header, parent, content = _parts(frames)
        kind = _text(header.get("msg_type"), NAME)
        make = CONTENTS.get(kind)
        return None if make is None else _message(kind, header, parent, make(content))
    except Malformed:
        return None


def _parts(frames: Sequence[bytes]) -> tuple[Message, Message, Any]:
    if len(frames) > FRAMES or DELIMITER not in frames:
        raise Malformed
    start = list(frames).index(DELIMITER) + 2
    parts = frames[start : start + PARTS]
    if len(parts) < PARTS:
        raise Malformed
    header, parent, content = (_load(parts[i]) for i in (0, 1, 3))
    if not isinstance(header, dict) or not isinstance(parent, dict):
        raise Malformed
    return header, parent, content


def _load(data: bytes) -> Any:
    try:
        return json.loads(data, parse_constant=_constant)
    except (ValueError, RecursionError):
        raise Malformed from None


def _constant(name: str) -> float:
    raise ValueError(name)


def _message(kind: str, header: Message, parent: Message, content: Message) -> Message:
    ids = [_text(which.get("msg_id"), NAME) for which in (header, parent)]
    return {
        "header": {"msg_id": ids[0], "msg_type": kind},
        "parent_header": {"msg_id": ids[1]},
        "msg_id": ids[0],
        "msg_type": kind,
        "metadata": {},
        "content": content,
        "buffers": [],
    }


def plain(text: str) -> str:
    r"""Return a text that can be written as UTF-8: a lone surrogate becomes a question mark.

    >>> plain("a\ud800b")
    'a?b'
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def _text(value: Any, limit: int) -> str:
    return plain(value[:limit]) if isinstance(value, str) else ""


def _count(value: Any) -> int | None:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 31
    return value if good else None


def _given(content: Any) -> Mapping[str, Any]:
    if not isinstance(content, dict):
        raise Malformed
    return content


def _stream(content: Any) -> Message:
    given = _given(content)
    name = given.get("name")
    if name not in ("stdout", "stderr"):
        raise Malformed
    return {"name": name, "text": _text(given.get("text"), TEXT)}


def _shown(content: Any) -> Message:
    given = _given(content)
    data, transient = given.get("data"), given.get("transient")
    id_ = transient.get("display_id") if isinstance(transient, dict) else None
    made: Message = {"data": dict(_bundle(data)), "metadata": {}}
    if id_ := _text(id_, NAME):
        made["transient"] = {"display_id": id_}
    return made


def _bundle(data: Any) -> Iterable[tuple[str, str]]:
    """Yield what is shown, by media type; only texts (pictures are base64) are kept."""
    for kind, value in data.items() if isinstance(data, dict) else ():
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            value = "".join(value)
        if isinstance(value, str):
            yield _text(kind, NAME), _text(value, TEXT)


def _result(content: Any) -> Message:
    return {**_shown(content), "execution_count": _count(_given(content).get("execution_count"))}


def _error(content: Any) -> Message:
    given = _given(content)
    lines = given.get("traceback")
    some = lines[:TRACE_LINES] if isinstance(lines, list) else []
    kept = [_text(line, TRACE_TEXT // len(some)) for line in some]
    name, said = _text(given.get("ename"), NAME), _text(given.get("evalue"), SAID)
    return {"ename": name, "evalue": said, "traceback": kept}


def _status(content: Any) -> Message:
    state = _given(content).get("execution_state")
    if state not in STATES:
        raise Malformed
    return {"execution_state": state}


def _reply(content: Any) -> Message:
    """An answer to "execute". What is none counts as an error: it must not look like success."""
    given = content if isinstance(content, dict) else {}
    count = {"execution_count": _count(given.get("execution_count"))}
    status = given.get("status")
    if status == "ok":
        return {"status": "ok", **count}
    if status == "error":
        return {"status": "error", **count, **_error(given)}
    return {**(NOT_RUN if status == "aborted" else NO_ANSWER), **count, "traceback": []}


CONTENTS: dict[str, Callable[[Any], Message]] = {
    "stream": _stream,
    "display_data": _shown,
    "update_display_data": _shown,
    "execute_result": _result,
    "error": _error,
    "status": _status,
    "clear_output": lambda content: {"wait": _given(content).get("wait") is True},
    "execute_input": lambda content: {
        "execution_count": _count(_given(content).get("execution_count"))
    },
    "execute_reply": _reply,
    # That one came is all that counts; what it says of itself is not asked.
    "kernel_info_reply": lambda content: {"language_info": {"name": "python"}},  # noqa: ARG005
}
