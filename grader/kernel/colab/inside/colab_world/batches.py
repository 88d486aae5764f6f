"""Loops over batches end after a few; in the quick mode these are small, too.

Why: a grader, or a self-check, asks the notebook's networks for values and trains them itself. Of
the notebook's own training it needs only what that leaves behind, which a few batches do as well.
"""

from __future__ import annotations

import ast
import functools
import itertools
import re
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from torch.utils.data import DataLoader

from .notes import note
from .patches import replace

HELPER = "__colab_batches__"
IMAGES = 8  # in a batch of a DataLoader, in the quick mode
FEW = 4  # batches of a loop, else
LEARNS = frozenset({"backward", "step"})
GIVES_BATCHES = re.compile(r"batch|loader", re.IGNORECASE)
GIVES_NUMBERS = re.compile(r"size|num|count|len", re.IGNORECASE)  # such as `batch_sizes`
SCOPES = (ast.For, ast.While, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class Batches(ast.NodeTransformer):
    """Cuts loops over batches to `most` of them, when they run.

    Unless it is `quick`, only generators are cut, such as the handout's `get_batch`: a list may
    be one of batch sizes, and a DataLoader has few batches anyway.
    """

    def __init__(self, most: int, *, quick: bool = True) -> None:
        self.most, self.quick = most, quick

    def helper(self, iterable: Iterable[Any]) -> Iterable[Any]:
        """Return the first batches of `iterable`."""
        if self.quick and isinstance(iterable, Sequence):
            return iterable[: self.most]
        if not self.quick and not isinstance(iterable, types.GeneratorType):
            return iterable
        note("quick" if self.quick else "budget", f"at most {self.most} batches of a loop")
        return itertools.islice(iterable, self.most)

    def visit_For(self, node: ast.For) -> ast.AST:
        """Cut `for xs, ys in get_batch(...)`, and each innermost loop that takes steps."""
        self.generic_visit(node)
        if takes_steps(node) or (self.quick and over_batches(node.iter)):
            node.iter = _helped(node.iter)
        else:
            node.iter = _helped_within(node.iter)
        return node


def _helped(iterable: ast.expr) -> ast.Call:
    call = ast.Call(ast.Name(HELPER, ast.Load()), [iterable], [])
    return ast.fix_missing_locations(ast.copy_location(call, iterable))


def _helped_within(iterable: ast.expr) -> ast.expr:
    """Return `enumerate(get_batch(...))` with `get_batch(...)` passed through the helper."""
    if isinstance(iterable, ast.Call) and not over_batches(iterable.func):
        iterable.args = [_helped_within(argument) for argument in iterable.args]
        return iterable
    return _helped(iterable) if over_batches(iterable) else iterable


def over_batches(iterable: ast.expr) -> bool:
    """Tell whether a loop is over batches, by what its iterable is called.

    >>> [over_batches(ast.parse(text, mode="eval").body) for text in (
    ...     "enumerate(get_batch(x, y, 100))", "train_loader", "batch_sizes", "range(batch_size)")]
    [True, True, False, False]
    """
    named = (part.func if isinstance(part, ast.Call) else part for part in _iterated(iterable))
    names = (n.id if isinstance(n, ast.Name) else getattr(n, "attr", "") for n in named)
    return any(GIVES_BATCHES.search(n) and not GIVES_NUMBERS.search(n) for n in names)


def _iterated(iterable: ast.expr) -> Iterator[ast.expr]:
    """Yield an iterable, and what it goes through: `enumerate(x)` goes through x."""
    yield iterable
    if isinstance(iterable, ast.Call) and not over_batches(iterable.func):
        for argument in iterable.args:
            yield from _iterated(argument)


def takes_steps(loop: ast.For) -> bool:
    """Tell whether the body of a loop, without the loops in it, takes a backward step."""
    waiting: list[ast.AST] = list(loop.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, SCOPES):
            continue
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in LEARNS:
            return True
        waiting += ast.iter_child_nodes(node)
    return False


def install(most: int) -> None:
    """Have every `DataLoader` give `most` small batches."""
    replace(DataLoader, "__iter__", functools.partial(_few, most))


def _few(most: int, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def __iter__(self: Any) -> Iterator[Any]:  # noqa: N807
        sampler: Any = getattr(self, "batch_sampler", None)
        if isinstance(getattr(sampler, "batch_size", None), int):
            sampler.batch_size = min(sampler.batch_size, IMAGES)
        note("quick", f"at most {most} batches of {IMAGES} images from a DataLoader")
        return itertools.islice(original(self), most)

    return __iter__
