"""The reference's recorded replies to the public requests: what a student has in its place.

They are numbers alone: no operation, name or weight of the reference is among them. Two files lie
beside this module in the students' package, and nowhere else: `grader.student.recording` makes
them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file
from safetensors.numpy import save as save_arrays

from grader.basics.exits import BadInput
from grader.model import Outcome, Replies, Reply, Request

Array = np.ndarray[Any, Any]

FORMAT = 1
PLACE = Path(__file__).with_name("public_replies")
HEADS, ARRAYS = "replies.json", "replies.safetensors"
REMEDY = "install the wheel of the newest zip again"
SEPARATOR = "/"  # between a reply's id and the name of its array


def there(place: Path = PLACE) -> bool:
    """Return whether there are recorded replies."""
    return (place / HEADS).is_file()


def digest(request: Request) -> str:
    """Return a digest of all that a request asks: a reply belongs to it and to no other."""
    found = hashlib.sha256(json.dumps([request.kind, dict(request.params)]).encode())
    for name, array in sorted(request.arrays.items()):
        found.update(f"{name} {array.dtype} {array.shape}".encode() + array.tobytes())
    return found.hexdigest()[:32]


def save(place: Path, replies: Iterable[Reply], asked: Mapping[str, Request]) -> None:
    """Write replies, with the digests of what was asked; numbers are kept as float32.

    Their error, 6e-8 of the value, is far below what any check tells apart.
    """
    heads, arrays = {}, {}
    for reply in replies:
        heads[reply.id] = {
            "request": digest(asked[reply.id]),
            "values": dict(reply.values),
        }
        for name, array in reply.arrays.items():
            arrays[f"{reply.id}{SEPARATOR}{name}"] = np.ascontiguousarray(array, np.float32)
    place.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"format": FORMAT, "replies": heads}, indent=1, sort_keys=True)
    (place / HEADS).write_text(text + "\n", "utf-8", newline="\n")
    (place / ARRAYS).write_bytes(save_arrays(dict(sorted(arrays.items()))))


def load(asked: Iterable[Request], place: Path = PLACE) -> Replies:
    """Return the recorded replies to these requests; what was not recorded is left out.

    Raises:
        BadInput: they cannot be read, or were recorded for other inputs.
    """
    requests = {request.id: request for request in asked}
    try:
        heads, arrays = _read(place)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise BadInput(
            f"the recorded answers cannot be read ({type(error).__name__}); {REMEDY}"
        ) from None
    known = [id_ for id_ in heads if id_ in requests]
    for id_ in known:
        if heads[id_]["request"] != digest(requests[id_]):
            raise BadInput(f"the recorded answer to {id_} belongs to other inputs; {REMEDY}")
    replies = {id_: Reply(id_, Outcome.OK, heads[id_]["values"], arrays[id_]) for id_ in known}
    return Replies(replies, requests)


def _read(place: Path) -> tuple[dict[str, Any], dict[str, dict[str, Array]]]:
    """Return what the two files hold, by id: "request" and "values", and the arrays."""
    heads = json.loads((place / HEADS).read_text("utf-8"))["replies"]
    arrays: dict[str, dict[str, Array]] = {id_: {} for id_ in heads}
    for key, array in load_file(place / ARRAYS).items():
        id_, _, name = key.partition(SEPARATOR)
        arrays[id_][name] = array.astype(np.float64)
    return heads, arrays
