"""What a student wrote to each question: text of the write-up and of text cells, told apart.

Where it cannot be told apart, the text of the whole part is given, and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.assignment.written import handout
from grader.assignment.written.free_text import MARK
from grader.assignment.written.headings import Reader
from grader.judging.cells import read_cells
from grader.model import ManualQuestion, Submission

ANSWER_LIMIT = 4_000  # characters of one answer
UNTOLD_LIMIT = 1_500  # characters of text that could be the answer to several
LINES_LIMIT = 20_000
TITLE_WORDS = 5  # behind "Part A:" are its title, more are text
CUT = " ... (cut; see what was handed in)"
_QUESTION = re.compile(r"([A-C])\W?(\d)")
_POINTS = re.compile(r"^\W{0,4}\d?\.?\d{1,2} ?(?:points?|pts?|marks?|%)\b\W{0,2}", re.IGNORECASE)
_BLANK = re.compile(r"\n\s*\n+")


@dataclass(frozen=True)
class Passage:
    """A piece of text: of which part and question, as far as it says; where it stood.

    `asked`: where it stood there was more, which reads like the question and is left out.
    """

    part: str
    number: int
    text: str
    source: str
    asked: bool = False


def answered(
    manual: Sequence[ManualQuestion], submission: Submission
) -> tuple[ManualQuestion, ...]:
    """Return questions that a person marks with the answers that were found, None if none was."""
    reader = Reader()
    written, noted = _written(submission, reader), _noted(submission)
    return tuple(
        replace(question, answer=_answer(question.question, written, noted, reader.doubtful))
        for question in manual
    )


def _written(submission: Submission, reader: Reader) -> list[Passage]:
    writeup = submission.writeup
    if writeup is None or not writeup.text.strip():
        return []
    return list(passages(writeup.text, writeup.name or "the write-up", reader))


def _noted(submission: Submission) -> list[Passage]:
    """Return what text cells say to a question that they name."""
    if submission.notebook is None:
        return []
    cells = read_cells(submission.notebook)
    marked = any(not cell.code and MARK.search(cell.source) for cell in cells)
    reader = Reader(bare=False, mark=MARK if marked else None)
    name = submission.notebook_name or "the notebook"
    found: list[Passage] = []
    for cell in cells:
        if cell.code:
            reader.close()
            continue
        source = f"{name}, text cell {cell.index + 1}"
        told = [p for p in passages(cell.source, source, reader) if p.number and p.text]
        found += told if marked else map(_behind_the_question, told)
    return found


def _behind_the_question(passage: Passage) -> Passage:
    said = handout.answer(passage.text)
    return replace(passage, text=said, asked=not said)


def passages(text: str, source: str, reader: Reader | None = None) -> Iterator[Passage]:
    """Yield the pieces of a text, in order; a `reader` goes on where the text before it ended."""
    reader = reader or Reader()
    opened: tuple[int, ...] = (reader.number,)
    part, lines = reader.part, list[str]()
    for line in text.splitlines()[:LINES_LIMIT]:
        heading = reader.heading(line)
        if heading is None and not (line.startswith("#") and not reader.bare):
            lines.append(line)
            continue
        yield from _passages(part, opened, lines, source)
        if heading is None:  # another section of the notebook begins
            reader.close()
            part, opened, lines = reader.part, (0,), []
        else:
            rest = _POINTS.sub("", line[heading.start :]).lstrip(" ,;.):]*_-–—")
            part, opened = heading.part, heading.numbers or (0,)
            lines = [rest] if heading.numbers or len(rest.split()) > TITLE_WORDS else []
    yield from _passages(part, opened, lines, source)


def _passages(
    part: str, numbers: Iterable[int], lines: Iterable[str], source: str
) -> Iterator[Passage]:
    text = clean(handout.own("\n".join(line for line in lines if not _placeholder(line))))
    for number in numbers:
        yield Passage(part, number, text, source)


def _placeholder(line: str) -> bool:
    """Return whether a line is what the template, or nbgrader, has where an answer belongs."""
    line = line.strip()
    if line == "YOUR ANSWER HERE":
        return True
    return line[:1] in ("*", "_") and line[1:].startswith("Write here") and line[-1] in "*_"


def _answer(
    question: str,
    written: list[Passage],
    noted: list[Passage],
    doubtful: Mapping[tuple[str, int], int],
) -> str | None:
    """Return the answer to one question, each piece with where it stood."""
    match = _QUESTION.match(question)
    if match is None:
        return None
    part, number = match[1], int(match[2])
    opened = [p for p in written if (p.part, p.number) == (part, number)]
    found = [*opened, *(p for p in noted if (p.part, p.number) == (part, number))]
    said = [f"[{p.source}] {p.text}" for p in found if p.text]
    if not opened:  # what is opened with nothing below is empty, not searched for elsewhere
        said += _elsewhere(part, number, written, doubtful)
    if said:
        return _cut("\n\n".join(said), ANSWER_LIMIT)
    asked = next((p.source for p in found if p.asked), None)
    return asked and f"[{asked}: nothing but the question, it seems]"


def _elsewhere(
    part: str,
    number: int,
    written: Sequence[Passage],
    doubtful: Mapping[tuple[str, int], int],
) -> list[str]:
    """Return what the write-up may say to a question that it does not name."""
    if (part, number) in doubtful:
        place = f"perhaps in the list inside {part}{doubtful[part, number]}"
        return [f"[{written[0].source}: {place}]"]
    loose = [p for p in written if p.part == part and not p.number and p.text]
    told = f"part {part}, not told apart by question"
    if not any(p.part for p in written):
        loose, told = list(written), "not told apart by question"
    text = "\n".join(p.text for p in loose)
    return [f"[{loose[0].source}: {told}] {_cut(text, UNTOLD_LIMIT)}"] if text else []


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - len(CUT)] + CUT


def clean(text: str) -> str:
    r"""Return text without control characters and heaps of blank lines.

    >>> clean(" a\x1bb\n\n\n c ")
    'a b\n\n c'
    """
    kept = "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)
    return _BLANK.sub("\n\n", kept).strip()
