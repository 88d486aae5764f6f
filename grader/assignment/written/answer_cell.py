"""Reads question A3's answer cell: a small dictionary of formulas, read and never run.

The template offers `A3 = {'weights': '...', 'weights, doubled input': '...', ...}`. What people
make of it is read too: formulas without quotes, dictionaries in each other, two of them, entries
that are set one by one, a lambda of NF and NC.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.assignment.saved.code import parse as statements_of
from grader.assignment.written import formula, typed
from grader.assignment.written.answers import Answer
from grader.assignment.written.doubling import DOUBLED
from grader.assignment.written.labels import LABEL, Slot
from grader.assignment.written.polynomial import Polynomial
from grader.judging.cells import SavedCell

ENTRIES = 60  # of one notebook
DEPTH = 4  # of dictionaries in each other
SHOWN = 60  # characters of a formula in a message
SMALL = (2, 3)  # NF and NC at which a formula is read back
SOURCE = "the answer cell"
PLACEHOLDERS = ("", "?", "...", "…", "todo", "none")


@dataclass(frozen=True)
class _Entry:
    """What stands behind a key: the words of all keys on the way to it, and the text."""

    words: str
    text: str

    @property
    def slot(self) -> Slot | None:
        """Return which of the six answers this is; None if it is none of them."""
        label = LABEL.search(self.words)
        return (label[1].lower() + "s", 1 + bool(DOUBLED.search(self.words))) if label else None


def read(cells: Iterable[SavedCell]) -> Answer | None:
    """Return the answer that the code cells hold; None if there is none."""
    for cell in reversed([cell for cell in cells if cell.code and LABEL.search(cell.source)]):
        answer = _answer(list(_entries(cell.source)), f"{SOURCE} (cell {cell.index + 1})")
        if answer is not None:
            return answer
    return None


def _answer(entries: Sequence[_Entry], source: str) -> Answer | None:
    formulas: list[tuple[Slot, Polynomial]] = []
    unreadable: list[tuple[str, str]] = []
    grown: list[tuple[Slot, int]] = []
    empty: list[Slot] = []
    for entry in entries[:ENTRIES]:
        slot = entry.slot
        if slot is None:
            continue
        if entry.text.strip().lower() in PLACEHOLDERS:
            empty.append(slot)
            continue
        try:
            meant = _meant(entry.text, slot)
        except formula.Unreadable as error:
            unreadable.append((slot[0], f"{_said(slot)}: {_short(entry.text)} ({error})"))
        else:
            if meant.value is not None:
                formulas.append((slot, meant.value))
            elif meant.factor is not None:
                grown.append((slot, meant.factor))
    followed, words = _followed(formulas, grown)
    if not (formulas or followed or unreadable or words or empty):
        return None
    return Answer(
        source, (*formulas, *followed), tuple(unreadable), frozenset(words), empty=tuple(empty)
    )


def _meant(text: str, slot: Slot) -> typed.Typed:
    """Return what an entry means. Raises Unreadable."""
    meant = typed.read(text)
    if meant.factor is not None and (slot[1] == 1 or meant.of not in ("", slot[0])):
        raise formula.Unreadable(f"as many as what? {typed.ADVICE}")
    return meant


def _followed(
    formulas: Iterable[tuple[Slot, Polynomial]], grown: Iterable[tuple[Slot, int]]
) -> tuple[list[tuple[Slot, Polynomial]], list[tuple[str, int]]]:
    """Return the formulas that "4 times as many" stands for, and the words where there is none."""
    own = {slot[0]: value for slot, value in formulas if slot[1] == 1}
    followed = [(slot, own[slot[0]].times(n)) for slot, n in grown if slot[0] in own]
    return followed, [(slot[0], n) for slot, n in grown if slot[0] not in own]


def _said(slot: Slot) -> str:
    return slot[0] + (", doubled input" if slot[1] == 2 else "")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def _entries(source: str) -> Iterator[_Entry]:
    """Yield the entries of the cell's dictionaries that speak of several of the counts."""
    found: dict[str, list[_Entry]] = {}
    for statement in statements_of(source):
        if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is None:
            continue
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        words = _words(target)
        found.setdefault(words.partition(" ")[0], []).extend(_inside(statement.value, words, 0))
    for entries in found.values():
        if len({entry.slot for entry in entries} - {None}) > 1:
            yield from entries


def _words(target: ast.expr) -> str:
    """Return the words of what is assigned to: `A3["weights"]` says "A3 weights"."""
    if isinstance(target, ast.Subscript):
        return f"{_words(target.value)} {_text(target.slice)}"
    return target.id.replace("_", " ") if isinstance(target, ast.Name) else ""


def _inside(value: ast.expr, words: str, depth: int) -> Iterator[_Entry]:
    """Yield the entries of a dictionary, and of those in it; or the one formula that it is."""
    if isinstance(value, ast.Call) and depth < DEPTH and not value.args:  # dict(weights="...")
        for keyword in value.keywords:
            name = (keyword.arg or "").replace("_", " ")
            yield from _inside(keyword.value, f"{words} {name}", depth + 1)
    elif not isinstance(value, ast.Dict):
        yield _Entry(words, _text(value))
    elif depth < DEPTH:
        for key, inner in zip(value.keys, value.values, strict=True):
            if key is not None:
                yield from _inside(inner, f"{words} {_text(key)}", depth + 1)


def _text(node: ast.expr) -> str:
    """Return the text that an expression is, or its source if it is a formula without quotes."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else str(node.value)
    if isinstance(node, ast.Lambda):
        return _text(node.body)
    try:
        return ast.unparse(node)
    except RecursionError:
        return "too many parentheses"


def read_back(answers: Mapping[str, object]) -> str:
    """Return, a line an answer, how it is read: never whether it is right.

    >>> print(read_back({"weights": "2NF(NF+1)", "weights, doubled input": "same", "outputs": ""}))
    weights: 2·NF² + 2·NF; for NF = 2, NC = 3 that is 12
    weights, doubled input: 1 times your weights: 2·NF² + 2·NF; for NF = 2, NC = 3 that is 12
    outputs: nothing yet
    """
    own: dict[str, Polynomial] = {}
    return "\n".join(
        f"{key}: {_read_back(str(key), str(said), own)}" for key, said in answers.items()
    )


def _read_back(key: str, text: str, own: dict[str, Polynomial]) -> str:
    """Return how one answer is read; `own` takes the formulas for the input as it is."""
    if text.strip().lower() in PLACEHOLDERS:
        return "nothing yet"
    slot = _Entry(key, text).slot
    try:
        meant = typed.read(text) if slot is None else _meant(text, slot)
    except formula.Unreadable as error:
        advice = "" if typed.ADVICE in str(error) or "write" in str(error) else f"; {typed.ADVICE}"
        return f"{error}{advice}"
    if meant.value is None:
        label = slot[0] if slot else ""
        if label not in own:
            return f"{meant.factor} times a number that is not there yet"
        times = f"{meant.factor} times your {label}: "
        return times + _figured(own[label].times(meant.factor or 0))
    if slot is not None and slot[1] == 1:
        own[slot[0]] = meant.value
    return _figured(meant.value)


def _figured(value: Polynomial) -> str:
    nf, nc = SMALL
    number = value(nf, nc)
    figure = f"{int(number):,}" if number.denominator == 1 else str(number)
    return f"{value}; for NF = {nf}, NC = {nc} that is {figure}"
