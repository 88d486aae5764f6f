"""Reads a PDF: how many pages and pictures it has, and its text. May take its time: see writeup."""

from __future__ import annotations

import contextlib
import io
import time
from dataclasses import dataclass
from typing import Any

PICTURES = 1000
COUNTED = 10_000  # pages
SECONDS = 15  # of processor time, after which no further page is read


class Locked(Exception):
    """The PDF is locked by a password."""


@dataclass(frozen=True)
class Found:
    """What a PDF holds; the text is that of its first pages."""

    pages: int
    pictures: int
    text: str


def read(data: bytes, pages: int, characters: int) -> Found:
    """Return what a PDF holds.

    Args:
        data: the file.
        pages: of which the text is read, at most.
        characters: of all pages together, at most.

    Raises:
        Locked: it asks for a password.
        Exception: any, for a file that is none, broken or hostile.
    """
    from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser

    from grader.handin.writeup.pdf_glyphs import Reader

    until = time.process_time() + SECONDS
    try:
        document = PDFDocument(PDFParser(io.BytesIO(data)))
    except PDFPasswordIncorrect:
        raise Locked("it is locked by a password") from None
    reader, total, pictures, text = Reader(), 0, 0, ""
    for page in PDFPage.create_pages(document):
        total += 1
        if total > COUNTED:
            break
        if total <= pages and len(text) <= characters and time.process_time() < until:
            with contextlib.suppress(Exception):  # one bad page does not hide the others
                pictures += _pictures(page.resources)
            text += _without_number(reader.text(page), total) + "\n"
    return Found(total, pictures, text[:characters])


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
