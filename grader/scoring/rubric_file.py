"""A rubric, read from its file; a wrong one is refused by name."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.basics.exits import BadInput, shown
from grader.basics.nearest import meant
from grader.judging.catalog import catalogue
from grader.model.assignment import chosen

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SHIPPED = chosen().home / "rubric.toml"


class RubricError(BadInput):
    """A rubric that cannot be used; the message is one line that names the place."""


@dataclass(frozen=True)
class Question:
    """One question: its points, and the share of each check in the automatic ones.

    What is handed out complete earns nothing by itself: the automatic points of a question with
    `needs` count only beside points of one of those questions.
    """

    id: str
    title: str
    automatic: float
    manual: float
    checks: Mapping[str, float]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Price:
    """What a mistake takes away, as a share of the question's automatic points."""

    each: float
    most: float


@dataclass(frozen=True)
class Rubric:
    """A valid rubric."""

    questions: tuple[Question, ...]
    prices: Mapping[str, Price]
    visibility: Mapping[str, str]
    hints: bool

    def seen_by(self, check: str) -> str:
        """Return "public" or "hidden" for a check."""
        return self.visibility.get(check, self.visibility.get("default", "public"))


def load(path: Path = SHIPPED) -> Rubric:
    """Read and check a rubric. Raises RubricError with one line that names what is wrong."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RubricError(
            f"{shown(path)}: {error.strerror}; give the path of a TOML file: "
            "`grader rubric > mine.toml` writes one to change"
        ) from None
    return of(data, str(path))


def of(data: bytes, name: str) -> Rubric:
    """Return the rubric that the bytes of a file hold; `name` is the file's, for messages.

    Raises RubricError with one line that names what is wrong.
    """
    try:
        raw = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RubricError(f"{name}: not TOML: {error}") from None
    try:
        return _rubric(raw)
    except RubricError as error:
        raise RubricError(f"{name}: {error}") from None


@functools.cache
def mistakes() -> tuple[str, ...]:
    """Return the ids of all mistakes that have a price in the shipped rubric."""
    return tuple(tomllib.loads(SHIPPED.read_text("utf-8"))["prices"])


def _rubric(raw: Mapping[str, Any]) -> Rubric:
    _known(raw, ("format", "hints", "questions", "prices", "visibility"), "key")
    if raw.get("format") != 1:
        raise RubricError(f"format={raw.get('format')!r}, but this program reads format 1")
    questions = tuple(_question(k, v) for k, v in _table(raw, "questions").items())
    used: dict[str, str] = {}
    for question in questions:
        for name in question.checks:
            if name in used:
                raise RubricError(f"check {name} is in both {used[name]} and {question.id}")
            used[name] = question.id
        for name in question.needs:
            _known([name], [q.id for q in questions], f"question in questions.{question.id}.needs:")
    lost = sorted(set(catalogue()) - set(used))
    if lost:
        raise RubricError(f"no question holds the check {lost[0]}")
    _known(_table(raw, "prices"), mistakes(), "mistake")
    prices = {name: _price(name, value) for name, value in _table(raw, "prices").items()}
    visibility = _table(raw, "visibility")
    _known(visibility, ("default", *catalogue()), "check")
    for name, value in visibility.items():
        if value not in ("public", "hidden"):
            raise RubricError(f'visibility.{name}={value!r} must be "public" or "hidden"')
    hints = raw.get("hints", True)
    if not isinstance(hints, bool):
        raise RubricError(f"hints={hints!r} must be true or false")
    return Rubric(questions, prices, dict(visibility), hints)


def _table(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = raw.get(name, {})
    if not isinstance(value, Mapping):
        raise RubricError(f"{name} must be a table")
    return value


def _known(table: Iterable[str], names: Iterable[str], kind: str) -> None:
    names = list(names)
    for key in table:
        if key not in names:
            raise RubricError(f"unknown {kind} {key!r}{meant(key, names)}")


def _number(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e6:
        raise RubricError(f"{what}={value!r} must be a number, 0 or more")
    return float(value)


def _question(name: str, raw: Any) -> Question:
    if not isinstance(raw, Mapping):
        raise RubricError(f"questions.{name} must be a table")
    _known(raw, ("title", "automatic", "manual", "checks", "needs"), f"key of questions.{name}:")
    checks = _table(raw, "checks")
    _known(checks, catalogue(), "check")
    shares = {k: _number(v, f"questions.{name}.checks.{k}") for k, v in checks.items()}
    automatic = _number(raw.get("automatic", 0), f"questions.{name}.automatic")
    total = sum(shares.values())
    if automatic and abs(total - 1) > 1e-9:
        raise RubricError(f"the shares of questions.{name}.checks add up to {total:g}, not to 1")
    manual = _number(raw.get("manual", 0), f"questions.{name}.manual")
    needs = raw.get("needs", [])
    if not isinstance(needs, list) or not all(isinstance(other, str) for other in needs):
        raise RubricError(f"questions.{name}.needs={needs!r} must be a list of questions")
    return Question(name, str(raw.get("title", name)), automatic, manual, shares, tuple(needs))


def _price(name: str, raw: Any) -> Price:
    if isinstance(raw, Mapping):
        _known(raw, ("each", "most"), f"key of prices.{name}:")
        each = _number(raw.get("each"), f"prices.{name}.each")
        price = Price(each, _number(raw.get("most", each), f"prices.{name}.most"))
    else:
        price = Price(_number(raw, f"prices.{name}"), _number(raw, f"prices.{name}"))
    if max(price.each, price.most) > 1:
        raise RubricError(f"prices.{name}={raw!r} takes away more than the whole question (1)")
    return price
