"""Reads a PDF from standard input, in a process of its own that may be killed.

Run as a script by `writeup.py` beside it; prints one JSON object: pages, pictures, text, or error.
Arguments: where pypdf lies, the most pages and characters, the seconds of processor time.
"""

import contextlib
import io
import json
import sys
from typing import Any

MEMORY = 2 << 30  # bytes
PICTURES = 1000


def main(arguments: list[str]) -> None:
    """Print what the PDF holds."""
    where, pages, characters, seconds = arguments[0], *map(int, arguments[1:4])
    sys.path.append(where)
    _limit(seconds)
    try:
        found = read(sys.stdin.buffer.read(), pages, characters)
    except BaseException as error:  # noqa: BLE001 - a hostile file may end it in any way
        line = (str(error).splitlines() or [""])[0]
        found = {"error": f"{type(error).__name__}: {line}"[:200]}
    sys.stdout.buffer.write(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))


def read(data: bytes, pages: int, characters: int) -> dict[str, Any]:
    """Return the number of pages and of pictures, and the text of the first pages."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return {"error": "it is locked by a password"}
    total, pictures, text = len(reader.pages), 0, ""
    for number in range(min(total, pages)):
        page = reader.pages[number]
        with contextlib.suppress(Exception):  # one bad page does not hide the others
            pictures += _pictures(page)
        with contextlib.suppress(Exception):
            text += page.extract_text() + "\n"
        if len(text) > characters:
            break
    return {"pages": total, "pictures": pictures, "text": text[:characters]}


def _pictures(page: Any) -> int:
    """Return how many pictures a page names, without decoding any."""
    objects = page["/Resources"]["/XObject"].get_object()
    kinds = [objects[name].get("/Subtype") for name in list(objects)[:PICTURES]]
    return sum(kind in ("/Image", "/Form") for kind in kinds)  # plots are often forms


def _limit(seconds: int) -> None:
    """Bound memory and processor time where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    main(sys.argv[1:])
