"""Reads a PDF from standard input, in a process of its own that may be killed.

Run as a script by `writeup.py` beside it; prints one JSON object: pages, pictures, text, or error.
Arguments: where pdfminer.six lies, the most pages and characters, the seconds of processor time.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
from pathlib import Path
from typing import Any

MEMORY = 2 << 30  # bytes
PICTURES = 1000
COUNTED = 10_000  # pages
SHARE = 0.6  # of the time: what was read until then is kept


def main(arguments: list[str]) -> None:
    """Print what the PDF holds."""
    where, pages, characters, seconds = arguments[0], *map(int, arguments[1:4])
    sys.path += [where, str(Path(__file__).parents[2])]
    _limit(seconds)
    try:
        found = read(sys.stdin.buffer.read(), pages, characters, seconds * SHARE)
    except BaseException as error:  # noqa: BLE001 - a hostile file may end it in any way
        line = (str(error).splitlines() or [""])[0]
        found = {"error": f"{type(error).__name__}: {line}"[:200]}
    sys.stdout.buffer.write(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))


def read(data: bytes, pages: int, characters: int, seconds: float) -> dict[str, Any]:
    """Return the number of pages and of pictures, and the text of the first pages.

    Args:
        data: the file.
        pages: of which the text is read, at most.
        characters: of all pages together, at most.
        seconds: of processor time after which no further page is read.
    """
    from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser

    from grader.written.pdf_glyphs import Reader

    try:
        document = PDFDocument(PDFParser(io.BytesIO(data)))
    except PDFPasswordIncorrect:
        return {"error": "it is locked by a password"}
    reader, total, pictures, text = Reader(), 0, 0, ""
    for page in PDFPage.create_pages(document):
        total += 1
        if total > COUNTED:
            break
        if total <= pages and len(text) <= characters and time.process_time() < seconds:
            with contextlib.suppress(Exception):  # one bad page does not hide the others
                pictures += _pictures(page.resources)
            text += _without_number(reader.text(page), total) + "\n"
    return {"pages": total, "pictures": pictures, "text": text[:characters]}


def _without_number(text: str, page: int) -> str:
    """Return the text of a page without its number, which would look like a question's."""
    for line in (f"\n{page}", f"\n- {page} -", f"\nPage {page}"):
        text = text.rstrip().removesuffix(line)
    return text


def _pictures(resources: Any) -> int:
    """Return how many pictures a page names, without decoding any."""
    from pdfminer.pdftypes import resolve1

    objects = resolve1(resolve1(resources).get("XObject")) or {}
    kinds = [resolve1(stream).get("Subtype") for stream in list(objects.values())[:PICTURES]]
    return sum(kind.name in ("Image", "Form") for kind in kinds)  # plots are often forms


def _limit(seconds: int) -> None:
    """Bound memory and processor time where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with contextlib.suppress(ImportError, AttributeError, ValueError):
        import signal

        signal.signal(signal.SIGPROF, _ends)  # in the middle of a page: what it has is kept
        signal.setitimer(signal.ITIMER_PROF, seconds * SHARE)


def _ends(*_: object) -> None:
    raise TimeoutError("it takes too long to read")


if __name__ == "__main__":
    main(sys.argv[1:])
