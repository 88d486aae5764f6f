"""The folder through which requests and replies pass, which the notebook may write to as well."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from grader.basics.files import Refused, write_new
from grader.kernel import requests
from grader.model import Reply, Request


def put(folder: Path, nonce: str, request: Request) -> None:
    """Write a request for the agent in the kernel. Raises Refused if something is in the way."""
    head, arrays = requests.encode(request)
    for name, data in ((f"{nonce}.request.safetensors", arrays), (f"{nonce}.request.json", head)):
        write_new(folder / name, data)


TOTAL = 128 << 20  # bytes of all replies to one submission; those of a right one hold 10 MB
AS_OBJECTS = 8  # times its size is what JSON needs in memory


class Allowance:
    """What all replies of one submission may hold together."""

    def __init__(self, total: int = TOTAL) -> None:
        self.total = self.left = total

    def spend(self, size: int) -> None:
        """Count a reply of so many bytes. Raises Refused if it is one too many."""
        if size > self.left:
            raise Refused(f"all answers together hold more than {self.total >> 20} MB")
        self.left -= size


def take(folder: Path, nonce: str, request: Request, allowance: Allowance, asked: float) -> Reply:
    """Return the reply that lies in the folder to what was `asked` at that time of the clock.

    Raises Refused if it is none, or one too many.
    """
    seconds = time.monotonic() - asked
    head = requests.read_answer(folder, f"{nonce}.reply.json", requests.JSON_LIMIT)
    arrays = requests.read_answer(folder, f"{nonce}.reply.safetensors", requests.ARRAY_LIMIT)
    allowance.spend(len(head) * AS_OBJECTS + len(arrays))
    return requests.decode(request, nonce, head, arrays, seconds)


def clear(folder: Path, nonce: str) -> None:
    """Remove what one request left behind."""
    for leftover in folder.glob(f"{nonce}*"):
        with contextlib.suppress(OSError):  # student code may have put a folder there
            leftover.unlink()
