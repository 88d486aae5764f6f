"""The catalogue as people read it: a table of checks, one check explained, docs/checks.md.

`python -m grader.reports.catalogue_text docs/checks.md` writes the page; with `--check` it
only says whether the page is up to date.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.basics.nearest import meant
from grader.judging.catalog import Check, catalogue
from grader.judging.mistakes import known, title
from grader.scoring.rubric import Price, Question, Rubric, load

WIDTH = 80


def question_of(name: str, rubric: Rubric) -> Question:
    """Return the question that holds a check."""
    return next(question for question in rubric.questions if name in question.checks)


def points_of(name: str, rubric: Rubric) -> float:
    """Return the points that a check is worth."""
    question = question_of(name, rubric)
    return question.checks[name] * question.automatic


def table(rubric: Rubric) -> str:
    """Return every check, a line each: id, question, points, visibility."""
    lines = [f"{'check':<28} {'question':<10} {'points':>6}  visibility"]
    for name in catalogue():
        question = question_of(name, rubric).id
        points = f"{points_of(name, rubric):.3f}"
        lines.append(f"{name:<28} {question:<10} {points:>6}  {rubric.seen_by(name)}")
    return "\n".join(lines) + "\n"


def plain(rubric: Rubric) -> list[dict[str, Any]]:
    """Return every check as plain values, in the order of `table`."""
    return [
        {
            "id": entry.id,
            "question": question_of(entry.id, rubric).id,
            "points": round(points_of(entry.id, rubric), 6),
            "visibility": rubric.seen_by(entry.id),
            "title": entry.title,
            "requires": list(entry.requires),
        }
        for entry in catalogue().values()
    ]


def explain(name: str, rubric: Rubric) -> str:
    """Return the documentation of a check, or the price of a mistake.

    Raises KeyError with one line, naming the nearest id, if there is neither.
    """
    if name in catalogue():
        return "\n".join(_explained(catalogue()[name], rubric)) + "\n"
    if name in rubric.prices:
        return "\n".join(_mistake(name, rubric)) + "\n"
    near = meant(name, [*catalogue(), *rubric.prices]) or "; `grader checks` lists them all"
    raise KeyError(f"there is no check or mistake {name!r}{near}")


def _explained(entry: Check, rubric: Rubric) -> Iterator[str]:
    question = question_of(entry.id, rubric)
    yield entry.id
    yield f"{question.id} {question.title}, {points_of(entry.id, rubric):.3f} points, " + (
        rubric.seen_by(entry.id)
    )
    yield ""
    yield from textwrap.wrap(entry.title, WIDTH)
    yield from textwrap.wrap(f"Why it matters: {entry.why}", WIDTH, subsequent_indent="  ")
    yield from textwrap.wrap(f"Usual cause: {entry.usual_cause}", WIDTH, subsequent_indent="  ")
    if entry.requires:
        yield f"Judged only if these pass: {', '.join(entry.requires)}"


def _mistake(name: str, rubric: Rubric) -> Iterator[str]:
    yield name
    yield f"It takes away {price_text(rubric.prices[name])}."
    if record := known().get(name):
        yield ""
        yield from textwrap.wrap(f"{record.title}.", WIDTH)
        yield from textwrap.wrap(f"Why it matters: {record.why}.", WIDTH, subsequent_indent="  ")
        yield from textwrap.wrap(f"Look for: {record.look_for}.", WIDTH, subsequent_indent="  ")


def price_text(price: Price) -> str:
    """Return a price in words.

    >>> price_text(Price(0.2, 0.5))
    "20 % of the question's automatic points for each place, 50 % at most"
    """
    base = f"{price.each:.0%}".replace("%", " %") + " of the question's automatic points"
    if price.most == price.each:
        return base
    return base + f" for each place, {price.most:.0%} at most".replace("%", " %")


def page(rubric: Rubric) -> str:
    """Return docs/checks.md."""
    lines = [
        "# The checks",
        "",
        "Made from the registry by `python -m grader.reports.catalogue_text docs/checks.md`.",
        "`make lint` notices when it is stale.",
        "",
    ]
    for question in rubric.questions:
        if question.checks:
            lines += [f"## {question.id}: {question.title} ({question.automatic:g} points)", ""]
            for name in question.checks:
                lines += _section(catalogue()[name], rubric)
    lines += ["## Recognised mistakes", "", "| mistake | in words | takes away |"]
    lines += ["| --- | --- | --- |"]
    lines += [
        f"| `{name}` | {title(name)} | {price_text(p)} |"
        for name, p in sorted(rubric.prices.items())
    ]
    return "\n".join(lines) + "\n"


def _section(entry: Check, rubric: Rubric) -> list[str]:
    needs = ", ".join(f"`{n}`" for n in entry.requires)
    share = f"{points_of(entry.id, rubric):.3f} points, {rubric.seen_by(entry.id)}"
    return [
        f"### `{entry.id}`",
        "",
        entry.title,
        "",
        f"- {share}" + (f", judged only if {needs} passes" if needs else ""),
        f"- Why it matters: {entry.why}",
        f"- Usual cause: {entry.usual_cause}",
        "",
    ]


def main(arguments: list[str]) -> int:
    """Write the page, or with `--check` compare it; return the exit code."""
    path, only_check = Path(arguments[0]), "--check" in arguments
    wanted = page(load())
    if not only_check:
        path.write_text(wanted, "utf-8")
        return 0
    if path.is_file() and path.read_text("utf-8") == wanted:
        return 0
    sys.stderr.write(f"{path} is stale: run `python -m grader.reports.catalogue_text {path}`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
