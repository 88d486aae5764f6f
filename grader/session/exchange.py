"""The folder through which requests and replies pass, which the notebook may write to as well."""

from __future__ import annotations

import contextlib
from pathlib import Path

from grader import requests
from grader.files import write_new
from grader.model import Reply, Request


def put(folder: Path, nonce: str, request: Request) -> None:
    """Write a request for the agent in the kernel. Raises Refused if something is in the way."""
    head, arrays = requests.encode(request)
    for name, data in ((f"{nonce}.request.safetensors", arrays), (f"{nonce}.request.json", head)):
        write_new(folder / name, data)


def take(folder: Path, nonce: str, request: Request, seconds: float) -> Reply:
    """Return the reply that lies in the folder. Raises Refused if it is none."""
    head = requests.read_answer(folder, f"{nonce}.reply.json", requests.JSON_LIMIT)
    arrays = requests.read_answer(folder, f"{nonce}.reply.safetensors", requests.ARRAY_LIMIT)
    return requests.decode(request, nonce, head, arrays, seconds)


def clear(folder: Path, nonce: str) -> None:
    """Remove what one request left behind."""
    for leftover in folder.glob(f"{nonce}*"):
        with contextlib.suppress(OSError):  # student code may have put a folder there
            leftover.unlink()
