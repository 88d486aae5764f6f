"""The typeset answers, a PDF: whether it opens, and its text. Never a traceback, never a hang."""

from __future__ import annotations

import functools
from pathlib import PurePosixPath

from grader.basics import budget
from grader.handin.writeup import pdf_text
from grader.model import Problem, Writeup
from grader.model.assignment import chosen

PAGES = 60  # whose text is read
CHARACTERS = 150_000
LIMIT = budget.READING
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
    if last == chosen().writeup:
        return 0
    return {(True, True): 1, (True, False): 2, (False, True): 3}.get((called, is_pdf), len(STEMS))


def missing(names: list[str]) -> Writeup:
    """Return the write-up of a submission that holds none: a problem, if one is asked for."""
    if not chosen().writeup:
        return Writeup(None)
    held = ", ".join(names[:5]) or "nothing"
    return Writeup(None, problem=Problem("writeup_missing", f"only {held}"))


def read(data: bytes, name: str) -> Writeup:
    """Return what a file that should be the write-up holds."""
    if not data.strip():
        return Writeup(name, problem=Problem("writeup_empty", "the file is empty"))
    if b"%PDF-" not in data[:1024]:
        return Writeup(name, problem=Problem("writeup_not_pdf", "the file is not a PDF"))
    try:
        found = budget.spend(functools.partial(pdf_text.read, data, PAGES, CHARACTERS), LIMIT)
    except budget.Exceeded as over:
        return _unopened(name, f"it {over}")
    except ChildProcessError:  # killed by somebody else: no verdict about the file
        raise
    except Exception as error:  # noqa: BLE001 - a hostile file may end the reading in any way
        return _unopened(name, _line(error))
    pages, pictures, text = found.pages, found.pictures, found.text
    problem = None
    if not text.strip():
        scan = f" (pictures: {pictures}, so perhaps a scan)" if pictures else ""
        problem = Problem(
            "writeup_empty", f"no text on its pages, of which there are {pages}{scan}"
        )
    return Writeup(name, pages, pictures, text, problem)


def _unopened(name: str, reason: str) -> Writeup:
    return Writeup(name, problem=Problem("writeup_not_pdf", f"it does not open: {reason}"))


def _line(error: Exception) -> str:
    """Return one line about what went wrong."""
    first = (str(error).splitlines() or [""])[0]
    return first if isinstance(error, pdf_text.Locked) else f"{type(error).__name__}: {first}"[:200]
