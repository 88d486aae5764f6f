"""The numbers that a notebook's code spells out: sizes of batches, indices, splits of the data.

Only read, never run. Code that Python cannot parse is searched for numbers beside the word batch.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import cached_property

SHOWS = re.compile(r"plot|pred|show|visual|subset|sampler", re.IGNORECASE)
INDEX = re.compile(r"ind(?:ex|ices)|idx", re.IGNORECASE)
SPLITS = re.compile(r"random_split|train_test_split|KFold|array_split", re.IGNORECASE)
# In code that Python cannot parse: numbers on a line about batches, and lists of numbers.
ABOUT = re.compile(r"batch|bs\b|\[[\d ,]+\]|\([\d ,]+\)", re.IGNORECASE)
NUMBER = re.compile(r"(?<![\w.])[1-9]\d{0,4}(?![\w.])")
COMMAND = re.compile(r"\A([ \t]*)(?:[%!?].*|[^\s=%!?][^=]*=[ \t]*[%!].*)")
LONG = 1000  # characters of a line that may be a command, or be about batches
LONGEST = 200_000  # characters of a cell that are looked at


def parsed(cell: str) -> ast.Module:
    """Return the syntax tree of a cell, or one made of the numbers that may matter."""
    lines = [_without_command(line) for line in cell[:LONGEST].splitlines()]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        about = " ".join(line for line in lines if len(line) < LONG and ABOUT.search(line))
        found = NUMBER.findall(about) if "batch" in cell.casefold() else []
        return ast.parse(f"batch_sizes = [{', '.join(found)}]")


def _without_command(line: str) -> str:
    command = COMMAND.fullmatch(line) if len(line) < LONG else None
    return f"{command[1]}pass" if command else line


def constants(tree: ast.AST) -> Iterator[int]:
    """Yield every whole number in a tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) is int:
            yield node.value


def called(node: ast.Call) -> str:
    """Return the last part of the name of what is called."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def name_of(node: ast.AST | None) -> str:
    """Return what a target is called: `x`, `args.x`, `args["x"]` and `"x"` are all called x."""
    if isinstance(node, ast.Subscript):
        node = node.slice
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""


class Notebook:
    """The trees of a notebook's cells, and what they say about the data at large."""

    def __init__(self, trees: Iterable[ast.AST]) -> None:
        self.nodes = [node for tree in trees for node in ast.walk(tree)]

    @cached_property
    def all_calls(self) -> list[ast.Call]:
        """Every call."""
        return [node for node in self.nodes if isinstance(node, ast.Call)]

    def calls(self, name: str) -> list[ast.Call]:
        """Return the calls of what is called `name`."""
        return self._by_name.get(name, [])

    @cached_property
    def _by_name(self) -> dict[str, list[ast.Call]]:
        found: dict[str, list[ast.Call]] = {}
        for call in self.all_calls:
            found.setdefault(called(call), []).append(call)
        return found

    @cached_property
    def numbers(self) -> list[int]:
        """Every whole number that is spelled out."""
        return [
            node.value
            for node in self.nodes
            if isinstance(node, ast.Constant) and type(node.value) is int
        ]

    def functions_that_mention(self, word: str) -> list[ast.FunctionDef]:
        """Return the functions with a string that holds `word`, the innermost ones."""
        functions = [node for node in self.nodes if isinstance(node, ast.FunctionDef)]
        return [f for f in functions if any(word in text for text in _strings(f))]

    @cached_property
    def reach(self) -> set[int]:
        """How many items there must be for indices and slices that are spelled out."""
        indices = [node.slice for node in self.nodes if isinstance(node, ast.Subscript)]
        return {count for index in indices for count in _reached(index)}

    @cached_property
    def shown(self) -> set[int]:
        """How many items there must be for lists of indices: of what is plotted, or drawn from."""
        parts: list[ast.AST] = []
        for call in self.all_calls:
            parts += [k.value for k in call.keywords if INDEX.search(k.arg or "")]
            if SHOWS.search(called(call)) and not _of_pyplot(call):
                parts += [a for a in call.args if isinstance(a, (ast.List, ast.Tuple, ast.Call))]
        for node in self.nodes:
            if isinstance(node, ast.Assign) and any(INDEX.search(name_of(t)) for t in node.targets):
                parts.append(node.value)
        return {abs(n) + 1 for part in parts for n in constants(part)}

    @cached_property
    def splits(self) -> bool:
        """Whether the data is cut into parts: by a function, or at a fraction of its length."""
        return any(SPLITS.search(called(call)) for call in self.all_calls) or any(
            isinstance(node, ast.BinOp) and _is_fraction(node) for node in self.nodes
        )


def _reached(index: ast.expr) -> Iterator[int]:
    if isinstance(index, (ast.Tuple, ast.List)):
        for part in index.elts:
            yield from _reached(part)
    elif isinstance(index, ast.Slice):
        yield from (n for end in (index.lower, index.upper) if end for n in _number(end))
    else:
        yield from (n + 1 for n in _number(index))


def _number(node: ast.expr) -> list[int]:
    """Return the whole number that `node` spells out, without its sign, if it is one."""
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    whole = isinstance(inner, ast.Constant) and type(inner.value) is int
    return list(constants(inner)) if whole else []


def _strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _of_pyplot(call: ast.Call) -> bool:
    base = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(base, ast.Name) and base.id in ("plt", "ax", "axes", "pyplot", "fig", "np")


def _is_fraction(node: ast.BinOp) -> bool:
    """Tell whether `node` is a part of a length: `len(x) // 2`, `0.8 * x.shape[0]`."""
    if not isinstance(node.op, (ast.Mult, ast.Div, ast.FloorDiv)):
        return False
    sides = (node.left, node.right)
    number = any(isinstance(side, ast.Constant) for side in sides)
    return number and any(_is_length(side) for side in sides)


def _is_length(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return called(node) == "len"
    if not isinstance(node, ast.Subscript):
        return False
    whole = node.value
    return name_of(whole) == "shape" or (isinstance(whole, ast.Call) and called(whole) == "shape")
