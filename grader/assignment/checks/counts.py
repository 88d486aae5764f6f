"""Part A, question 3: the formulas for weights, outputs and connections.

A person marks this question; what is found here stands beside it and costs nothing by default.
An answer is compared, symbolically, with every convention that the reference knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from grader.assignment.checks.conventions import (
    HANDOUT,
    KEY,
    Convention,
    consistent,
    conventions,
    equal,
)
from grader.assignment.written import answer_cell, handout
from grader.assignment.written.answers import Answer, find
from grader.assignment.written.labels import LABELS
from grader.assignment.written.polynomial import Polynomial
from grader.assignment.written.typed import doubt
from grader.basics.numbers import many
from grader.judging.catalog import check
from grader.judging.cells import read_cells
from grader.judging.draws import Draw
from grader.model import Evidence, Finding, Replies, Request

SMALL = ((2, 3), (3, 2), (1, 2), (2, 1), (3, 5), (5, 3), HANDOUT)  # where differences are shown
PERSON, FORMULA = "left to a person", "a formula in NF and NC"
WHERE = "the answer cell of question A3, or in the write-up lines such as `weights = 10*NF^2`."


def requests(draw: Draw) -> Iterator[Request]:
    """Yield what only the reference is asked: the right answers by convention."""
    yield Request(KEY, "counts")


def answers(student: Evidence) -> tuple[Answer, ...]:
    """Return the answers that were found: in the answer cell, in text cells, in the write-up."""
    texts: list[tuple[str, str]] = []
    found: list[Answer | None] = []
    if student.submission.notebook is not None:
        cells = read_cells(student.submission.notebook)
        found.append(answer_cell.read(cells))
        written = [handout.own(c.source) for c in cells if not c.code and _speaks(c.source)]
        texts.append(("\n\n\n".join(written), "the notebook"))
    writeup = student.submission.writeup
    if writeup is not None and writeup.name is not None:
        texts.append((writeup.text, writeup.name))
    found += [find(text, source) for text, source in texts]
    return tuple(answer for answer in found if answer is not None and _says(answer))


def _says(answer: Answer) -> bool:
    return bool(answer.formulas or answer.unreadable or answer.partial or answer.empty)


def _speaks(text: str) -> bool:
    return any(label[:-1] in text.lower() for label in LABELS)


def best(
    student: Evidence, known: Sequence[Convention]
) -> tuple[Answer, Convention] | tuple[None, None]:
    """Return the answer, with the convention, that agree in most slots; the plainest of equals."""
    found = [(a, c) for a in answers(student) if a.formulas for c in known]
    return max(found, key=lambda pair: _agreement(*pair)) if found else (None, None)


def _agreement(answer: Answer, convention: Convention) -> tuple[int, int]:
    fits = {slot for slot in convention.values if convention.fits(answer, slot)}
    return sum(scale == 1 for _, scale in fits), len(fits)


@check("counts.readable")
def readable(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """The formulas of question A3 are there and can be read.

    Why it matters: what cannot be read is left to a person.
    Usual cause: a picture of the formulas, or letters other than NF and NC.
    """
    found, where = answers(student), "weights, outputs and connections (A3)"
    yield from _empty(student, found)
    some = any(answer.formulas for answer in found)
    for answer in found:
        for label, text in answer.unreadable:
            remedy = doubt(text) or "write it as 4*NF^2 + 7*NF*NC, in NF and NC alone"
            actual = f"{text!r} in {answer.source}: {remedy}; {PERSON}"
            mistake, note = (None if some else "unreadable"), some and not doubt(text)
            yield Finding(label, FORMULA, actual, mistake, where=label, note=note)
    if some:
        return
    for answer in found:
        for label in dict.fromkeys(label for label, _ in answer.partial):
            yield Finding(label, FORMULA, _only_layers(answer), note=True)
    if not any(a.formulas or a.unreadable or a.partial or a.words for a in found):
        actual = f"no formulas were found; {PERSON}"
        only_place = student.submission.writeup is None and any(answer.empty for answer in found)
        note = not (_all_read(student) or only_place)
        yield Finding(where, "formulas in NF and NC", actual, "missing", hint=WHERE, note=note)


def _empty(student: Evidence, found: Sequence[Answer]) -> Iterator[Finding]:
    """Yield a finding for places of the answer cell that are empty, while others are filled.

    It is a note where the answer may stand in a write-up that cannot be read to its end.
    """
    for answer in found:
        empty = [
            name + (", doubled input" if scale == 2 else "")
            for name, scale in answer.empty
            if not any(other.at(name, scale) for other in found)
        ]
        if empty and answer.formulas:
            actual = f"{'; '.join(empty)}: nothing yet in {answer.source}"
            note = student.submission.writeup is not None and not _all_read(student)
            yield Finding("the places of A3", "six formulas", actual, note=note)


def _only_layers(answer: Answer) -> str:
    return f"only single layers, it seems, and no total in {answer.source}; {PERSON}"


def _all_read(student: Evidence) -> bool:
    """Return whether everything that was handed in could be read, so that nothing is hidden."""
    found = student.submission.writeup
    return found is not None and found.problem is None and not found.pictures


@check("counts.weights", requires=["counts.readable"], tolerates=[None])
def weights(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """The number of weights is right under some convention.

    Why it matters: it is what has to be learned and stored.
    Usual cause: a block whose input channels are not those of the block before.
    """
    yield from _one(student, reference, "weights")


@check("counts.outputs", requires=["counts.readable"], tolerates=[None])
def outputs(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """The number of outputs is right under some convention.

    Why it matters: it is what has to be kept in memory for the backward pass.
    Usual cause: the size before pooling taken for the size after it, or the reverse.
    """
    yield from _one(student, reference, "outputs")


@check("counts.connections", requires=["counts.readable"], tolerates=[None])
def connections(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """The number of connections is right under some convention.

    Why it matters: it is how many multiplications a forward pass takes.
    Usual cause: a weight counted once, though it is used at each position.
    """
    yield from _one(student, reference, "connections")


def _one(student: Evidence, reference: Replies, label: str) -> Iterator[Finding]:
    known = _known(student, reference)
    answer, nearest = best(student, known)
    if answer is None or nearest is None:
        return
    formulas = answer.at(label, 1)
    fitting = [f for f in formulas if any(equal(f, c.values[label, 1]) for c in known)]
    what = f"the number of {label} (A3, {answer.source})"
    if not formulas:
        yield Finding(what, "a formula in NF and NC", _instead(answer, label), note=True)
    elif len(formulas) > 1 and len(fitting) < len(formulas):
        actual = (
            f"{many(len(formulas), 'formula')}, {len(fitting) or 'none'} of which fits; {PERSON}"
        )
        yield Finding(what, "one formula", actual, "unreadable", note=True)
    elif not fitting and any(c.fits_aside(answer, (label, 1)) for c in known):
        actual = f"{formulas[0]} was taken for the total, and another one fits; {PERSON}"
        yield Finding(what, "one formula", actual, "unreadable", note=True)
    elif not fitting:
        decided = len(consistent(answer, known)) == 1
        counted = nearest.name if decided else "the plainest count that fits the rest"
        expected, actual = _difference(formulas[0], nearest.values[label, 1], label)
        yield Finding(what, f"{expected} ({counted})", actual, f"{label}_wrong")


def _known(student: Evidence, reference: Replies) -> Sequence[Convention]:
    """Return the conventions; none where no formula was found, so that nobody need be asked."""
    return conventions(reference) if any(a.formulas for a in answers(student)) else ()


def _instead(answer: Answer, label: str) -> str:
    """Return what was found where no formula was."""
    illegible = next((text for name, text in answer.unreadable if name == label), None)
    if illegible is None and (label, 1) in answer.partial:
        return _only_layers(answer)
    return f"{repr(illegible) if illegible else 'none was found'}; {PERSON}"


def _difference(formula: Polynomial, right: Polynomial, label: str) -> tuple[str, str]:
    """Return what is there and what was counted, at the first small case where they differ."""
    points = (HANDOUT,) if formula.constant else SMALL
    nf, nc = next((p for p in points if formula(*p) != right(*p)), points[-1])
    case = f"for NF = {nf}, NC = {nc}"
    return (
        f"{case} there are {_figure(right(nf, nc))} {label}",
        f"{case} you count {_figure(formula(nf, nc))} {label}",
    )


def _figure(value: Fraction) -> str:
    return f"{int(value):,}" if value.denominator == 1 else str(value)


@check("counts.doubled", requires=["counts.readable"], tolerates=[None])
def doubled(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """The counts for a doubled input follow from those for the input as it is.

    Why it matters: what grows with the image, and how fast, decides what fits into memory.
    Usual cause: the factor for one side taken for the factor for both.
    """
    known = _known(student, reference)
    answer, nearest = best(student, known)
    if answer is None or nearest is None:
        return
    for label in LABELS:
        formulas, factor = answer.at(label, 2), _growth(known[0], label)
        what = f"the number of {label} for a doubled input (A3, {answer.source})"
        if not formulas and (label, int(factor)) not in answer.words:
            yield Finding(what, "a formula in NF and NC", f"none was found; {PERSON}", note=True)
        elif formulas and not _grows(answer, label, factor, known):
            own = answer.at(label, 1)
            if len(own) != 1 or len(formulas) != 1:  # which of them it should follow is a guess
                actual = f"{many(len(own), 'formula')} before and {len(formulas)} after; {PERSON}"
                yield Finding(what, "one formula each", actual, note=True)
                continue
            expected, actual = _difference(formulas[0], own[0].times(factor), label)
            times = f", {_figure(factor)} times your own count"
            yield Finding(what, expected + times, actual, "doubling_wrong", where=label)


def _growth(convention: Convention, label: str) -> Fraction:
    """Return by what a count is multiplied when width and height are doubled."""
    plain, large = convention.values[label, 1], convention.values[label, 2]
    return large(*HANDOUT) / plain(*HANDOUT)


def _grows(answer: Answer, label: str, factor: Fraction, known: Sequence[Convention]) -> bool:
    """Return whether a doubled count follows from the student's own, or is right by itself."""
    own = {formula.times(factor) for formula in answer.at(label, 1)}
    right = any(convention.fits(answer, (label, 2)) for convention in known)
    return right or any(formula in own for formula in answer.at(label, 2))


@check("counts.convention", requires=["counts.weights", "counts.outputs", "counts.connections"])
def convention(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Weights, outputs and connections are counted under one convention.

    Why it matters: counts can be compared only if they count the same things.
    Usual cause: biases counted as weights, but their connections to some layers only.
    """
    known = _known(student, reference)
    answer, nearest = best(student, known)
    if answer is None or nearest is None:
        return
    first = {label: _first(answer, label, known) for label in LABELS}
    each = [f"{label}: {c.name}" for label, c in first.items() if c is not None]
    unfit = [n for n, c in first.items() if c is not None and not nearest.fits(answer, (n, 1))]
    fitting = consistent(answer, known)
    what = f"the convention of the counts (A3, {answer.source})"
    if unfit:
        yield Finding(what, "one, kept throughout", "; ".join(each), "mixed_conventions")
    else:
        actual = f"cannot be told: {len(fitting) or 'no'} conventions give these; {PERSON}"
        if len(fitting) == 1:
            actual = f"recognised: {fitting[0].name}"
        yield Finding(what, "one, kept throughout", actual, note=True)


def _first(answer: Answer, label: str, known: Sequence[Convention]) -> Convention | None:
    """Return the plainest convention that one of the counts fits."""
    return next((c for c in known if c.fits(answer, (label, 1))), None)
