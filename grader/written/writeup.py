"""The typeset answers, a PDF: whether it opens, and its text. Never a traceback, never a hang."""

from __future__ import annotations

import functools
import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from grader.model import Problem, Writeup
from grader.written import pdf_text

NAME = "a2-writeup.pdf"
PAGES = 60  # whose text is read
CHARACTERS = 150_000
SECONDS = 30  # of processor time; of waiting, twice as much
OUTPUT_LIMIT = 8 * CHARACTERS  # bytes that the reading process may print
STEMS = ("writeup", "write-up", "write_up", "write up")


def choose(names: list[str]) -> str | None:
    """Return the file that is most likely the write-up, None if there is none.

    >>> choose(["a2-cnn.ipynb", "scan.pdf", "x/A2-Writeup.PDF"])
    'x/A2-Writeup.PDF'
    """
    ranked = sorted((_rank(name), name.count("/"), name) for name in names)
    return ranked[0][2] if ranked and ranked[0][0] < len(STEMS) else None


def _rank(name: str) -> int:
    """Return how likely a file is the write-up: 0 the very name, 3 any PDF."""
    last = PurePosixPath(name).name.lower()
    called, is_pdf = any(stem in last for stem in STEMS), last.endswith(".pdf")
    if last == NAME:
        return 0
    return {(True, True): 1, (True, False): 2, (False, True): 3}.get((called, is_pdf), len(STEMS))


def missing(names: list[str]) -> Writeup:
    """Return the write-up of a submission that holds none."""
    held = ", ".join(names[:5]) or "nothing"
    return Writeup(None, problem=Problem("writeup_missing", f"only {held}"))


def read(data: bytes, name: str) -> Writeup:
    """Return what a file that should be the write-up holds."""
    if not data.strip():
        return Writeup(name, problem=Problem("writeup_empty", "the file is empty"))
    if b"%PDF-" not in data[:1024]:
        return Writeup(name, problem=Problem("writeup_not_pdf", "the file is not a PDF"))
    found = _extracted(data)
    if "error" in found:
        reason = f"it does not open: {found['error']}"
        return Writeup(name, problem=Problem("writeup_not_pdf", reason))
    pages, pictures, text = int(found["pages"]), int(found["pictures"]), str(found["text"])
    problem = None
    if not text.strip():
        scan = f" (pictures: {pictures}, so perhaps a scan)" if pictures else ""
        problem = Problem(
            "writeup_empty", f"no text on its pages, of which there are {pages}{scan}"
        )
    return Writeup(name, pages, pictures, text, problem)


@functools.cache
def _where() -> str:
    found = importlib.util.find_spec("pdfminer")
    if found is None or found.origin is None:
        raise ImportError("pdfminer.six is not installed; install the package again")
    return str(Path(found.origin).parents[1])


def _extracted(data: bytes) -> Mapping[str, Any]:
    """Return what `pdf_text` finds, in a process of its own that is killed if it hangs."""
    limits = [str(PAGES), str(CHARACTERS), str(SECONDS)]
    command = [sys.executable, "-I", str(pdf_text.__file__), _where(), *limits]
    try:
        done = subprocess.run(  # noqa: S603 - our own script
            command, input=data, capture_output=True, timeout=2 * SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return {"error": f"still not read after {2 * SECONDS} s"}
    try:
        found = json.loads(done.stdout[:OUTPUT_LIMIT])
    except ValueError:
        return {"error": "the program that reads it died"}
    return found if isinstance(found, dict) else {"error": "no answer"}
