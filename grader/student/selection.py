"""Which public checks are wanted: a question, a network, a part of the assignment, or a check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from grader.basics.exits import BadInput, shown
from grader.basics.nearest import meant
from grader.model.assignment import chosen
from grader.scoring.rubric import Question, Rubric

PARTS = ("A", "B", "C")


@dataclass(frozen=True)
class Chosen:
    """The checks that are wanted of one question."""

    question: Question
    checks: tuple[str, ...]


def public(rubric: Rubric, *, live: bool = False) -> tuple[Chosen, ...]:
    """Return every check that a student may see, by question; `live` leaves out the hand-in's."""
    found = (Chosen(q, tuple(_public(q, rubric, live))) for q in rubric.questions)
    return tuple(one for one in found if one.checks)


def _public(question: Question, rubric: Rubric, live: bool) -> Iterator[str]:
    for name in question.checks:
        handed_in = name.partition(".")[0] in chosen().on_file
        staff = name in chosen().live.by_staff
        if rubric.seen_by(name) == "public" and not staff and not (live and handed_in):
            yield name


def choose(words: Iterable[str], rubric: Rubric, *, live: bool = False) -> tuple[Chosen, ...]:
    """Return the public checks that `words` name; all of them for no words.

    A word is a question ("B1"), a part ("C"), a class or family or a check.

    Raises:
        BadInput: a word names nothing, or nothing that is checked here; one line.
    """
    every = public(rubric, live=live)
    wanted = [_named(word, every) or _nothing(word, every, rubric) for word in words]
    if not wanted:
        return every
    names = frozenset().union(*wanted)
    cut = (Chosen(c.question, tuple(n for n in c.checks if n in names)) for c in every)
    return tuple(one for one in cut if one.checks)


def _plain(word: str) -> str:
    plain = word.strip().casefold()
    return chosen().live.nicknames.get(plain, plain)


def _named(word: str, every: tuple[Chosen, ...]) -> frozenset[str]:
    """Return the checks that a word names."""
    return frozenset(
        name
        for one in every
        for name in one.checks
        if _plain(word) in _words_of(name, one.question.id)
    )


def _words_of(name: str, question: str) -> set[str]:
    """Return what a check answers to, in lower case: also to the family that it is about."""
    family = name.partition(".")[0]
    part = {question[0], f"part {question[0]}"} if question[:1] in PARTS else set()
    return {w.casefold() for w in {name, family, question, *part, chosen().about(name)}}


def _nothing(word: str, every: tuple[Chosen, ...], rubric: Rubric) -> NoReturn:
    """Raise BadInput for a word that names no check."""
    if _named(word, public(rubric)):
        where = f"grader check {chosen().notebook} --only {shown(word)}"
        raise BadInput(f"'{shown(word)}' is looked at in the saved file: {where}")
    for question in rubric.questions:
        if question.id.casefold() == _plain(word):
            raise BadInput(
                f"{question.id} ({question.title}) has no public check: it is marked by people"
            )
    known = [c.question.id for c in every]
    families = sorted({n.partition(".")[0] for c in every for n in c.checks})
    names = [name for c in every for name in c.checks]
    near = meant(_plain(word), (*known, *families, *names)) or "."
    choices = ", ".join((*known, *families))
    raise BadInput(f"'{shown(word)}' names no check{near} Choose from {choices}")
