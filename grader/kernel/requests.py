"""What may be asked of a kernel that ran a notebook, and the wire: JSON beside safetensors.

A reply is untrusted. It is read without following links, bounded in size, parsed by formats that
carry no code, and checked against this module before anything looks at it.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load as load_safetensors
from safetensors.numpy import save as save_safetensors

from grader.basics.files import Refused, read_plain
from grader.kernel import replies
from grader.kernel.session.messages import plain
from grader.model import Arrays, Outcome, Reply, Request, StudentError
from grader.model.assignment import chosen

JSON_LIMIT = 1 << 20  # bytes
ARRAY_LIMIT = 64 << 20
DEPTH_LIMIT = 24
COUNT_LIMIT = 2000
MESSAGE_LIMIT = 500  # characters
DIGITS_LIMIT = 18  # of a whole number: more fits nothing that is computed with
DTYPES = {"F64", "F32", "F16", "U8", "I8", "I16", "I32", "I64", "BOOL"}
ANSWERED = {Outcome.OK.value, Outcome.RAISED.value, Outcome.MISSING.value}
BATCH = "batch"  # a request that holds others
Ask = Callable[[Request], Reply]


def groups(requests: Iterable[Request]) -> Iterator[list[Request]]:
    """Yield requests in order, those together that are best asked in one go."""
    for small, group in itertools.groupby(requests, lambda r: r.kind in chosen().small):
        together = list(group)
        yield from [together] if small else [[request] for request in together]


def ask_all(ask: Ask, requests: Sequence[Request]) -> list[Reply]:
    """Return a reply to each request; several travel as one. What ends that one ends them all."""
    if len(requests) < 2:
        return [ask(request) for request in requests]
    arrays = {f"{i}/{name}": a for i, r in enumerate(requests) for name, a in r.arrays.items()}
    asked = [{"kind": r.kind, "params": dict(r.params)} for r in requests]
    reply = ask(Request("batch", BATCH, {"requests": asked}, arrays))
    try:
        return _split(reply, requests)
    except Refused as refused:
        return [refusal(request, refused) for request in requests]


def _split(reply: Reply, requests: Sequence[Request]) -> list[Reply]:
    if reply.outcome is not Outcome.OK:
        return [replace(reply, id=request.id) for request in requests]
    heads = reply.values.get("answers")
    if not isinstance(heads, list) or len(heads) != len(requests):
        raise Refused("the answer does not hold one answer to each request")
    seconds = reply.seconds / len(requests)
    own: dict[str, dict[str, Any]] = {str(i): {} for i in range(len(requests))}
    for name, array in reply.arrays.items():
        number, _, rest = name.partition("/")
        if number not in own:
            raise Refused("an array that belongs to none of the requests")
        own[number][rest] = array
    parts = zip(requests, heads, own.values(), strict=True)
    return [_one_of_many(request, head, arrays, seconds) for request, head, arrays in parts]


def _one_of_many(request: Request, head: Any, arrays: Arrays, seconds: float) -> Reply:
    """Return a reply; one that is refused costs no other."""
    try:
        return _reply(request, head, arrays, seconds)
    except Refused as refused:
        return refusal(request, refused)


def encode(request: Request) -> tuple[bytes, bytes]:
    """Return a request as it travels: its JSON and its arrays."""
    head = json.dumps({"kind": request.kind, "params": dict(request.params)})
    return head.encode(), save_safetensors(
        {k: np.ascontiguousarray(v) for k, v in request.arrays.items()}
    )


def read_answer(folder: Path, name: str, limit: int) -> bytes:
    """Return one file that the sandbox wrote into its exchange folder. Raises Refused."""
    path = folder / name
    try:
        return read_plain(path, limit, alone=True)
    except Refused as refused:
        raise Refused(f"no readable answer: {refused}") from None


def decode(request: Request, nonce: str, head: bytes, arrays: bytes, seconds: float) -> Reply:
    """Return a reply from its two files, after checking every part of it. Raises Refused."""
    values = _json(head)
    if values.get("nonce") != nonce:
        raise Refused("the answer does not belong to this request")
    return _reply(request, values, read_arrays(arrays), seconds)


def _reply(request: Request, head: Any, arrays: Arrays, seconds: float) -> Reply:
    if not isinstance(head, dict) or not isinstance(head.get("values"), dict):
        raise Refused("the answer has no outcome")
    if not isinstance(head.get("outcome"), str) or head["outcome"] not in ANSWERED:
        raise Refused("the answer has no outcome")
    error, outcome = _error(head.get("error")), Outcome(head["outcome"])
    return typed(request, Reply(request.id, outcome, head["values"], arrays, error, seconds))


def typed(request: Request, reply: Reply) -> Reply:
    """Return a reply of the form that its request asks for, else one that is refused."""
    if request.kind == BATCH:  # its parts are looked at one by one
        return reply
    try:
        replies.check(request, reply.outcome, reply.values, reply.arrays)
    except Refused as refused:
        return refusal(request, refused, reply.seconds)
    return reply


def refusal(request: Request, reason: Refused, seconds: float = 0.0) -> Reply:
    """Return what stands in the place of an answer that cannot be used."""
    error = StudentError("Refused", str(reason)[:MESSAGE_LIMIT])
    return Reply(request.id, Outcome.REFUSED, error=error, seconds=seconds)


def _json(data: bytes) -> dict[str, Any]:
    try:
        values = json.loads(
            data, parse_constant=_no_constant, parse_float=_finite, parse_int=_small
        )
    except (ValueError, RecursionError) as error:
        raise Refused(f"the answer is not JSON: {type(error).__name__}") from None
    if not isinstance(values, dict):
        raise Refused("the answer is not a JSON object")
    if _depth(values) > DEPTH_LIMIT:
        raise Refused("the answer is nested too deeply")
    return _writable(values) if b"\\ud" in data.lower() else values


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError(text)
    return value


def _small(text: str) -> int:
    if len(text) > DIGITS_LIMIT:
        raise ValueError(text)
    return int(text)


def _writable(value: Any) -> Any:
    """Return the value without lone surrogates, which no file of ours could hold."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_writable(item) for item in value]
    if isinstance(value, dict):
        return {plain(key): _writable(item) for key, item in value.items()}
    return value


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level and depth <= DEPTH_LIMIT:
        depth += 1
        level = [
            child
            for item in level
            if isinstance(item, (dict, list))
            for child in (item.values() if isinstance(item, dict) else item)
        ]
    return depth


def _error(value: Any) -> StudentError | None:
    if not isinstance(value, Mapping):
        return None
    name, message, line = (
        str(value.get(key, ""))[:MESSAGE_LIMIT] for key in ("name", "message", "line")
    )
    return StudentError(name, message, line)


def read_arrays(data: bytes) -> dict[str, np.ndarray[Any, Any]]:
    """Return the arrays of a safetensors file, after a look at its header. Raises Refused."""
    header = _header(data)
    if len(header) > COUNT_LIMIT:
        raise Refused("the answer has too many arrays")
    for name, entry in header.items():
        if name != "__metadata__" and entry.get("dtype") not in DTYPES:
            raise Refused(f"an array of type {entry.get('dtype')!r}")
    try:
        return dict(load_safetensors(data))
    except Exception as error:  # noqa: BLE001 - its errors have no common base
        raise Refused(f"the arrays cannot be read: {type(error).__name__}") from None


def _header(data: bytes) -> dict[str, Any]:
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > min(len(data) - 8, JSON_LIMIT):
        raise Refused("the arrays have no header")
    header = _json(data[8 : 8 + size])
    if not all(isinstance(entry, dict) for entry in header.values()):
        raise Refused("the arrays' header is not one")
    return header
