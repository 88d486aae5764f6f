"""What expressions of a notebook are worth, where they are literal enough to be read.

Literals, names, dictionaries and what makes or changes them; everything else is UNKNOWN. Nothing
of a student's is executed.
"""

from __future__ import annotations

import ast
import contextlib
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from grader.assignment.saved.code import called

STEPS = 100_000  # expressions and statements followed in one notebook
DEPTH = 14  # of expressions and calls in each other
ITEMS = 50  # of a literal list
ROUNDS = 12  # of one loop
DICTIONARIES = ("attrdict", "dict", "easydict", "edict", "namespace", "simplenamespace")
SAME = ("list", "tuple", "sorted", "copy", "deepcopy", "array", "tqdm")
LARGEST = 10**9  # of a whole number that is calculated
VIEWS: Mapping[str, Callable[[dict[Any, Any]], list[Any]]] = {
    "keys": list,
    "values": lambda table: list(table.values()),
    "items": lambda table: [list(pair) for pair in table.items()],
}
OPERATIONS: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}


class Unknown:
    """A value that was not followed."""


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Network:
    """A network that was built: "CNN", "UNet" or "DeepLab"."""

    name: str


class OutOfSteps(Exception):
    """More code than is followed."""


def network_of(text: object) -> str | None:
    """Return the network that a text names, if it names one.

    >>> network_of("colourization_unet_10"), network_of("CNN"), network_of("deeplabv3_resnet101")
    ('UNet', 'CNN', 'DeepLab')
    """
    lowered = text.lower() if isinstance(text, str) else ""
    for part, name in (("unet", "UNet"), ("deeplab", "DeepLab"), ("cnn", "CNN")):
        if part in lowered:
            return name
    return None


class Values:
    """The names that are in force, and what expressions are worth under them."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self.steps, self.depth = 0, 0

    def step(self) -> None:
        """Count one thing that is followed. Raises OutOfSteps."""
        self.steps += 1
        if self.steps > STEPS:
            raise OutOfSteps

    def assign(self, target: ast.expr, value: Any) -> None:
        """Bind a name, a key or an attribute; several names to a list of as many values."""
        if isinstance(target, ast.Name):
            self.names[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            known = isinstance(value, list) and len(value) == len(target.elts)
            for place, part in enumerate(target.elts):
                self.assign(part, value[place] if known else UNKNOWN)
        elif isinstance(target, (ast.Attribute, ast.Subscript)):
            owner, key = self.value(target.value), self.key(target)
            if isinstance(owner, dict) and isinstance(key, str):
                owner[key] = value

    def key(self, node: ast.Attribute | ast.Subscript) -> Any:
        """Return the key or the attribute that an expression names."""
        return node.attr if isinstance(node, ast.Attribute) else self.value(node.slice)

    def value(self, node: ast.expr, targets: Sequence[str] = ()) -> Any:
        """Return what an expression is worth; `targets` are the names that it is bound to."""
        self.step()
        self.depth += 1
        try:
            return self._value(node, targets) if self.depth <= DEPTH else UNKNOWN
        finally:
            self.depth -= 1

    def _value(self, node: ast.expr, targets: Sequence[str]) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self.names.get(node.id, UNKNOWN)
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            return {k.value: self.value(v) for k, v in pairs if isinstance(k, ast.Constant)}
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return [self.value(item) for item in node.elts[:ITEMS]]
        if isinstance(node, (ast.Attribute, ast.Subscript)):
            return self.member(node)
        if isinstance(node, (ast.ListComp, ast.GeneratorExp, ast.DictComp)):
            return self.comprehension(node)
        if isinstance(node, ast.BinOp):
            return calculated(node.op, self.value(node.left), self.value(node.right))
        if isinstance(node, ast.IfExp):
            test = self.value(node.test)
            known = test is None or isinstance(test, (bool, int, str))
            return self.value(node.body if test else node.orelse) if known else UNKNOWN
        return self.call(node, targets) if isinstance(node, ast.Call) else UNKNOWN

    def comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.DictComp) -> list[Any]:
        """Follow the expression of a comprehension once for each item of a literal list."""
        each = node.value if isinstance(node, ast.DictComp) else node.elt
        over = self.value(node.generators[0].iter)
        known = isinstance(over, (list, range)) and len(node.generators) == 1
        values = []
        for item in islice(over, ROUNDS) if known else [UNKNOWN]:
            self.assign(node.generators[0].target, item)
            values.append(self.value(each))
        return values

    def member(self, node: ast.Attribute | ast.Subscript) -> Any:
        """Return the entry of a dictionary or of a list that an expression names."""
        owner, key = self.value(node.value), self.key(node)
        if isinstance(owner, dict) and isinstance(node, ast.Attribute) and key == "__dict__":
            return owner
        if isinstance(owner, (dict, list)) and isinstance(key, (str, int)):
            with contextlib.suppress(KeyError, IndexError, TypeError):
                return owner[key]  # type: ignore[index]
        return UNKNOWN

    def call(self, node: ast.Call, targets: Sequence[str]) -> Any:
        """Return what a call is worth."""
        name = called(node)
        positional = [self.value(argument) for argument in node.args[:ITEMS]]
        keywords = self.keywords(node)
        if isinstance(node.func, ast.Attribute):
            owner = self.value(node.func.value)
            if isinstance(owner, dict) and name in VIEWS and not positional:
                return VIEWS[name](owner)
            if isinstance(owner, dict) and name in ("update", "copy"):
                return _merged(owner if name == "update" else dict(owner), positional, keywords)
        elif self.defines(name):
            return self.own(name, positional, keywords, targets)
        return _built_in(name, positional, keywords)

    def keywords(self, node: ast.Call) -> dict[str, Any]:
        """Return the arguments of a call that are given by name, `**table` among them."""
        found: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                found[keyword.arg] = value
            elif isinstance(value, dict):
                found |= {key: item for key, item in value.items() if isinstance(key, str)}
        return found

    def defines(self, name: str) -> bool:  # noqa: ARG002
        """Return whether the notebook itself defines a function of that name."""
        return False

    def own(
        self,
        name: str,
        positional: Sequence[Any],
        keywords: Mapping[str, Any],
        targets: Sequence[str],
    ) -> Any:
        """Follow a call of a function that the notebook defines."""
        raise NotImplementedError


def calculated(operation: ast.operator, left: Any, right: Any) -> Any:
    """Return what two whole numbers make, UNKNOWN for anything else or anything large.

    >>> calculated(ast.Pow(), 2, 5), calculated(ast.Pow(), 2, 10**9) is UNKNOWN
    (32, True)
    """
    whole = type(left) is int and type(right) is int and max(abs(left), abs(right)) <= LARGEST
    function = OPERATIONS.get(type(operation))
    if not whole or function is None or (function is operator.pow and not 0 <= right <= 30):
        return UNKNOWN
    with contextlib.suppress(ZeroDivisionError):
        result = function(left, right)
        return result if abs(result) <= LARGEST else UNKNOWN
    return UNKNOWN


def _built_in(name: str, positional: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """Return what a call of a function from elsewhere is worth."""
    first = positional[0] if positional else None
    if name == "setattr" and len(positional) == 3 and isinstance(first, dict):
        first[str(positional[1])] = positional[2]
    elif name.lower() in DICTIONARIES:
        return _merged({}, positional, keywords)
    elif name in SAME and isinstance(first, (dict, list, range)):
        return dict(first) if isinstance(first, dict) else list(first[:ITEMS])
    elif name == "int" and type(first) is int:
        return first
    elif name == "range" and positional and all(type(p) is int for p in positional[:3]):
        with contextlib.suppress(ValueError):
            return range(*positional[:3])
    elif name in ("enumerate", "zip") and all(isinstance(p, (list, range)) for p in positional):
        rows = positional if name == "zip" else [range(ITEMS), *positional[:1]]
        return [list(row) for row in islice(zip(*rows, strict=False), ITEMS)]
    built = network_of(name) or next(filter(None, map(network_of, positional)), None)
    return Network(built) if built else UNKNOWN


def _merged(
    table: dict[Any, Any], positional: Sequence[Any], keywords: Mapping[str, Any]
) -> dict[Any, Any]:
    for other in positional:
        if isinstance(other, dict):
            table.update(other)
    table.update(keywords)
    return table
