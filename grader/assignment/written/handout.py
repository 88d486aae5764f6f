"""The handout's own text, told from what a student wrote beside it.

What the template says is known by hashes of five words in a row, `handout.json` beside this file;
remade by `python -m grader.assignment.written.handout NOTEBOOK...`, which takes the notebooks of
other handouts as well. Text of handouts that is not known there is told by how it speaks: it asks,
and tells what to do.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ROW = 5  # words
SHARE = 0.95  # of a line's or sentence's words that stand in known rows
PATH = Path(__file__).with_name("handout.json")
LEAD = " \t#*_>-().:0123456789"  # before the first word of a sentence
TITLED = ("#", "-", "*", "_", ">")  # a title or an item begins so, and no middle of a sentence
BETWEEN = 300  # characters between two sentences that ask
TEXT_LIMIT = 60_000  # characters; longer text is left as it is

_WORD = re.compile(r"\w{1,60}")
_SENTENCE = re.compile(r"(?<=[.?!:])[ \t]{1,9}(?=\S)|\n")
_OPEN = re.compile(r"[\w,;(-][ \t]{0,9}\n\Z")
_DOES = (
    r"run|complete|train|compare|describe|explain|discuss|report|write|fill|implement|visuali[sz]e"
    r"|plot|give|state|compute|calculate|consider|answer|show|modify|re-?train|add|list|comment"
    r"|include|submit|provide|try|find|identify|make|freeze|replace|fine-?tune|read|look|use|draw"
)
_TASK = re.compile(
    rf"(?:(?:then|now|next|please|briefly|also|first|finally),? )?(?:(?:{_DOES})"
    r" (?:the|a|an|your|main|this|these|those|two|three|how|why|what|whether|at|each|only|all|out"
    r"|in|on|with|for|below|following|sure|and|up|any|some|it|its|several|few|one|them)\b"
    r"|(?:hint|note|how|why|what|which|do|does|did|is there|are there|can you|in your)\b"
    r"|in (?:this|the following|the next) (?:part|section|question|assignment))",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\?[\s*_]{0,4}$|\byou (?:should|will|need|must|have to)\b"
    r"|\byour (?:write-?up|answers?|report|task|code|network|implementation)\b"
    r"|\(?\b\d?\.?\d+ ?(?:points?|pts?|marks?)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\b(?:will|should|hint|note|e\.g\.|i\.e\.)\b|^[\W_\d]{0,12}$|^[\s#*_]{1,8}\S", re.IGNORECASE
)
_FIRST_PERSON = re.compile(r"\b(?:I|my|we (?:found|see|saw|observed|got)|our)\b")


def own(text: str) -> str:
    """Return a text without what the template says, line by line and sentence by sentence."""
    if len(text) > TEXT_LIMIT:
        return text
    words = list(_WORD.finditer(text))
    rows = _known()
    given = bytearray(len(words))
    for place in range(len(words) - ROW + 1):
        if _hash(words[place : place + ROW]) in rows:
            given[place : place + ROW] = b"\1" * ROW
    pieces: list[str] = []
    own_: list[bool] = []
    first = 0
    for start, end in _pieces(text):
        last = first
        while last < len(words) and words[last].start() < end:
            last += 1
        pieces.append(text[start:end])
        own_.append(last == first or sum(given[first:last]) < SHARE * (last - first))
        first = last
    return "".join(
        piece for piece, is_own in zip(pieces, _whole(pieces, own_), strict=True) if is_own
    )


def _whole(pieces: Sequence[str], own_: Sequence[bool]) -> list[bool]:
    """Return which pieces are a student's: of a wrapped sentence all, if one of them is."""
    found = list(own_)
    start = 0
    for place in range(1, len(pieces) + 1):
        if place < len(pieces) and _wrapped(pieces[place - 1], pieces[place]):
            continue
        found[start:place] = [any(own_[start:place])] * (place - start)
        start = place
    return found


def _wrapped(line: str, below: str) -> bool:
    """Return whether a sentence goes on in the line below: neither of them is a title."""
    open_ = _OPEN.search(line) is not None and not line.startswith(TITLED)
    return open_ and below[:1].islower()


def answer(text: str) -> str:
    """Return what follows behind the question, where a text begins with one.

    >>> answer("Run main training loop of CNN. Do the pictures look good to you? The sky is blue.")
    'The sky is blue.'
    """
    sentences = [text[start:end] for start, end in _pieces(text[:TEXT_LIMIT])]
    asked = behind = 0
    for number, sentence in enumerate(sentences):
        if _asks(sentence):
            asked = behind = number + 1
        elif asked and behind == number and _goes_on(sentences[number - 1], sentence):
            behind = number + 1
        elif _FIRST_PERSON.search(sentence) or (sentence.strip() and not asked):
            break
        if sum(map(len, sentences[asked:number])) > BETWEEN:
            break
    return "".join(sentences[max(asked, behind) :]).strip()


def _asks(sentence: str) -> bool:
    """Return whether a sentence asks, or tells a student what to do."""
    if _FIRST_PERSON.search(sentence):
        return False
    return (
        _TASK.match(sentence.lstrip(LEAD)) is not None or _TOLD.search(sentence.strip()) is not None
    )


def _goes_on(before: str, sentence: str) -> bool:
    """Return whether a sentence belongs to the question before it."""
    return before.rstrip().endswith(":") or _GOES_ON.search(sentence) is not None


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence or line begins and ends, what parts them included."""
    start = 0
    for found in _SENTENCE.finditer(text):
        yield start, found.end()
        start = found.end()
    if start < len(text):
        yield start, len(text)


def _hash(row: Sequence[re.Match[str]]) -> str:
    said = " ".join(word[0].lower() for word in row)
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:8]


@functools.cache
def _known() -> frozenset[str]:
    return frozenset(json.loads(PATH.read_text("utf-8"))["rows"])


def rows(notebooks: Iterable[str]) -> list[str]:
    """Return the hashes of all rows of words in the text cells of notebooks, given as JSON."""
    found: set[str] = set()
    for notebook in notebooks:
        for cell in json.loads(notebook)["cells"]:
            if cell["cell_type"] == "markdown":
                words = list(_WORD.finditer("".join(cell["source"])))
                found |= {_hash(words[i : i + ROW]) for i in range(len(words) - ROW + 1)}
    return sorted(found)


def main(paths: Sequence[str]) -> None:
    """Write `handout.json` anew."""
    made = {"words": ROW, "rows": rows(Path(path).read_text("utf-8") for path in paths)}
    PATH.write_text(json.dumps(made, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
