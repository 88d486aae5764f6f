"""Which training runs a notebook's code asks for, and with which settings: read, never executed.

A small part of Python is followed from cell to cell: assignments, loops over literal lists, and
functions of the student's that train, whatever their names.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from grader.assignment.saved import code as saved_code
from grader.assignment.saved.values import ROUNDS, UNKNOWN, Network, OutOfSteps, Values, network_of
from grader.judging.cells import SavedCell

CODE_LIMIT = 250_000  # characters of code in one notebook
LARGEST = 1_000_000  # epochs, or pictures in a batch

EPOCHS = ("epochs", "num_epochs", "n_epochs", "max_epochs")
BATCH = ("batch_size", "train_batch_size", "batchsize", "bs")


@dataclass(frozen=True)
class Call:
    """One training run as the code asks for it; None is what could not be told.

    Attributes:
        cell: index of the cell.
        network: "CNN", "UNet" or "DeepLab".
        epochs: of the settings.
        batch_size: of the settings.
        draws: the code that trains draws a curve itself.
        sure: the cells say the same in the order in which they were run.
    """

    cell: int
    network: str | None = None
    epochs: int | None = None
    batch_size: int | None = None
    draws: bool = False
    sure: bool = True


def training_calls(cells: Iterable[SavedCell]) -> tuple[Call, ...]:
    """Return the training runs that the code cells ask for, in the order of the notebook.

    Execution counts tell in which order the cells were last run. Where that order would give
    other settings than the notebook's, nothing is sure.
    """
    read, left = list[SavedCell](), CODE_LIMIT
    for cell in cells:
        left -= len(cell.source) if cell.code else 0
        if cell.code and left > 0:
            read.append(cell)
    first = _Reader()
    first.follow(read)
    found, ordered = tuple(first.found), as_run(read)
    if ordered == read:
        return found
    second = _Reader(first.functions)
    second.follow(ordered)
    same = set(second.found)
    return tuple(call if call in same else replace(call, sure=False) for call in found)


def as_run(cells: Sequence[SavedCell]) -> list[SavedCell]:
    """Return cells by their execution counts; one without stays behind the one above it."""
    places, last = dict[int, int](), 0
    for place, cell in enumerate(cells):
        last = cell.count if cell.count is not None else last
        places[place] = last
    return [cells[place] for place in sorted(places, key=lambda place: (places[place], place))]


class _Reader(Values):
    """Follows the statements of one notebook."""

    def __init__(self, functions: Mapping[str, ast.FunctionDef] | None = None) -> None:
        super().__init__()
        self.found: list[Call] = []
        self.functions = dict(functions or {})
        self.cell = 0

    def follow(self, cells: Iterable[SavedCell]) -> None:
        """Follow cells in the order given; one that cannot be followed does not hide the next."""
        for cell in cells:
            with contextlib.suppress(OutOfSteps, RecursionError):
                self.read(cell)

    def read(self, cell: SavedCell) -> None:
        """Follow one cell."""
        self.cell, self.depth = cell.index, 0
        self.run(saved_code.parse(cell.source))

    def run(self, statements: Sequence[ast.stmt]) -> None:
        """Follow statements, whatever conditions they stand under."""
        for statement in statements:
            self.step()
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        """Follow one statement."""
        if isinstance(node, ast.FunctionDef):
            self.functions[node.name] = node
        elif isinstance(node, ast.Assign):
            value = self.value(node.value, _names(node.targets[0]))
            for target in node.targets:
                self.assign(target, value)
        elif isinstance(node, ast.AugAssign):
            self.assign(node.target, UNKNOWN)
        elif isinstance(node, (ast.Expr, ast.Return, ast.AnnAssign)) and node.value is not None:
            value = self.value(node.value)
            if isinstance(node, ast.AnnAssign):
                self.assign(node.target, value)
        elif isinstance(node, (ast.For, ast.While)):
            self.loop(node)
        elif isinstance(node, ast.If):
            self.condition(node)
        else:  # with and try, among others
            for part in ("body", "orelse", "finalbody"):
                self.run(getattr(node, part, ()))

    def condition(self, node: ast.If) -> None:
        """Follow the branch that is taken; if it cannot be told, what both leave is unknown."""
        test = self.value(node.test)
        if test is None or isinstance(test, (bool, int, str)):
            self.run(node.body if test else node.orelse)
            return
        self.run(node.body)
        self.run(node.orelse)
        for target in _assigned([*node.body, *node.orelse]):
            self.assign(target, UNKNOWN)

    def loop(self, node: ast.For | ast.While) -> None:
        """Follow a loop: over a literal list once for each item; one that trains is a run."""
        over = self.value(node.iter) if isinstance(node, ast.For) else UNKNOWN
        if saved_code.trains(node) and not isinstance(over, list):
            counted = _counted(over)
            self.train("", list(self.names.values()), {**self.names, **counted}, (), draws=False)
            return
        values = islice(over, ROUNDS) if isinstance(over, (list, range)) else [UNKNOWN]
        for value in values:
            if isinstance(node, ast.For):
                self.assign(node.target, value)
            self.run(node.body)

    def defines(self, name: str) -> bool:
        """Return whether the notebook itself defines a function of that name."""
        return name in self.functions

    def own(
        self,
        name: str,
        positional: Sequence[Any],
        keywords: Mapping[str, Any],
        targets: Sequence[str],
    ) -> Any:
        """Follow a call of a function that the notebook defines, if it trains anything."""
        function = self.functions[name]
        bound = self.bound(function, positional, keywords)
        if saved_code.trains(function):
            draws = saved_code.draws(function)
            given = [*positional, *keywords.values()]
            self.train(name, given, bound, targets, draws=draws)
        elif any(inner in self.functions for inner, _ in saved_code.calls(function)):
            outer = self.names
            self.names = {**outer, **bound}  # dictionaries stay shared, as in Python
            try:
                self.run(function.body)
            finally:
                self.names = outer
        return UNKNOWN

    def bound(
        self, function: ast.FunctionDef, positional: Sequence[Any], keywords: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the arguments of a call by the names of the parameters, defaults included."""
        names = [argument.arg for argument in function.args.args]
        defaults = [self.value(default) for default in function.args.defaults]
        optional = names[len(names) - len(defaults) :]
        bound = dict(zip(optional, defaults, strict=True))
        return {**bound, **dict(zip(names, positional, strict=False)), **keywords}

    def train(
        self,
        name: str,
        given: Sequence[Any],
        bound: Mapping[str, Any],
        targets: Sequence[str],
        *,
        draws: bool,
    ) -> None:
        """Note a training run with the settings that are in force."""
        settings: dict[Any, Any] = {}
        tables = [value for value in given if isinstance(value, dict)] if name else []
        for table in tables or [_table(self.names.get("args"))]:
            settings |= table
        settings |= {k: v for k, v in bound.items() if type(v) in (int, str)}
        network = _network(settings, given if name else [bound.get("model")])
        hints = (network_of(t) for t in (*targets, settings.get("experiment_name"), name))
        self.found.append(
            Call(
                self.cell,
                network or next(filter(None, hints), None),
                _whole(settings, EPOCHS),
                _whole(settings, BATCH),
                draws,
            )
        )


def _table(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _network(settings: Mapping[Any, Any], given: Sequence[Any]) -> str | None:
    built = [value.name for value in given if isinstance(value, Network)]
    if "train_batch_size" in settings and not built:
        return "DeepLab"
    return built[0] if built else network_of(settings.get("model"))


def _whole(settings: Mapping[Any, Any], keys: Sequence[str]) -> int | None:
    """Return the whole number of the first of the keys that there is; None if it is unknown."""
    value = next((settings[key] for key in keys if key in settings), None)
    return value if type(value) is int and 0 <= value <= LARGEST else None


def _counted(over: Any) -> dict[str, int]:
    """Return the epochs of a loop over a range."""
    short = isinstance(over, range) and max(abs(over.start), abs(over.stop)) <= LARGEST
    return {"epochs": len(over)} if short else {}


def _assigned(statements: Sequence[ast.stmt]) -> list[ast.expr]:
    """Return what statements assign to, further conditions in them included."""
    found: list[ast.expr] = []
    for statement in statements:
        if isinstance(statement, ast.Assign):
            found += statement.targets
        elif isinstance(statement, ast.If):
            found += _assigned([*statement.body, *statement.orelse])
    return found


def _names(target: ast.expr) -> tuple[str, ...]:
    """Return the plain names that an assignment binds."""
    parts = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
    return tuple(part.id for part in parts if isinstance(part, ast.Name))
