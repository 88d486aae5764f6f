"""The batch sizes of Parts A and B that a notebook's code spells out, whatever way they go.

A size may be a setting, an item of a list that a loop runs over, or a function's argument: names
are followed from one to the next.
"""

from __future__ import annotations

import ast
import re

from grader.assignment.world.numbers import Notebook, called, name_of

SIZE = re.compile(r"\A(?:-*|.*_)(?:batch[-_]?sizes?|bsz?|bsize)\Z", re.IGNORECASE)
# Part C's own sizes and loaders, which keep a short batch.
OTHER = re.compile(r"(?:train|val|valid|validation|test)_batch_?size|dataloader", re.IGNORECASE)
MEASURES = ("size", "len", "shape")  # what is asked of the data is no setting
PASSES_ON = (
    "int", "list", "tuple", "sorted", "reversed", "set", "array", "zip", "enumerate", "append",
    "extend", "insert", "update", "dict", "AttrDict", "setattr", "add_argument",
)  # fmt: skip
PASSES = 12  # from name to name, until a size that has not been found counts as computed


class Batches(ast.NodeVisitor):
    """The sizes of Part A's and B's batches that a notebook spells out.

    Attributes:
        sizes: every whole number that may come to be a batch size.
        computed: whether one is computed, so that it cannot be told.
    """

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.sizes: set[int] = set()
        self.computed = False
        self._names: set[str] = set()  # of what may hold a size, beside those that SIZE knows
        for _ in range(PASSES):
            before = len(self._names)
            self._followed: set[tuple[str, int]] = set()
            for node in notebook.nodes:
                self.visit(node)
            if len(self._names) == before:
                return
        self.computed = True

    def _is_size(self, name: str) -> bool:
        known = name in self._names or bool(SIZE.match(name))
        return known and not OTHER.search(name)

    def generic_visit(self, node: ast.AST) -> None:
        """Look at nothing below a node: each is visited by itself."""

    def _take(self, value: ast.AST | None) -> None:
        """Note what a size may come to be: its numbers, and the names that it comes from."""
        waiting = [value] if value is not None else []
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Constant):
                self.sizes |= {node.value} if type(node.value) is int else set()
            elif isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
                self._refer(node)
            elif isinstance(node, ast.Call):
                measured = called(node) in MEASURES
                self.computed |= not measured and called(node) not in PASSES_ON
                waiting += [] if measured else [*node.args, *(k.value for k in node.keywords)]
            else:
                self.computed |= isinstance(node, (ast.BinOp, ast.Lambda))
                waiting += ast.iter_child_nodes(node)

    def _refer(self, node: ast.Name | ast.Attribute | ast.Subscript) -> None:
        """Follow `x` and `sizes[i]` by name; settings such as `args.x` are found by theirs."""
        base = node.value if isinstance(node, ast.Subscript) else node
        if isinstance(base, ast.Name):
            self._names.add(base.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Take `batch_size = 10`, `args.batch_size = 10`, `args['batch_size'], rate = 10, 0.1`."""
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            for one, value in pairs:
                if self._is_size(name_of(one)):
                    self._take(value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Take `batch_size: int = 10`."""
        if self._is_size(name_of(node.target)):
            self._take(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Take `args.batch_size *= 2`."""
        self.computed |= self._is_size(name_of(node.target))

    def visit_Dict(self, node: ast.Dict) -> None:
        """Take `{'batch_size': 10}`."""
        for key, value in zip(node.keys, node.values, strict=True):
            if self._is_size(name_of(key)):
                self._take(value)

    def visit_For(self, node: ast.For | ast.comprehension) -> None:
        """Take `for batch_size in (10, 20)`."""
        if any(self._is_size(name_of(part)) for part in ast.walk(node.target)):
            self._take(node.iter)

    visit_comprehension = visit_For

    def visit_Call(self, node: ast.Call) -> None:
        """Take `run(batch_size=10)`, `setattr(args, 'batch_size', 10)`, `sizes.append(10)`."""
        if OTHER.search(called(node)):
            return
        for keyword in node.keywords:
            if self._is_size(keyword.arg or ""):
                self._take(keyword.value)
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        named = any(isinstance(a, ast.Constant) and self._is_size(name_of(a)) for a in node.args)
        grows = called(node) in ("append", "extend", "insert") and self._is_size(name_of(owner))
        if named or grows:
            for argument in (*node.args, *(k.value for k in node.keywords)):
                self._take(argument)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Follow a parameter that holds a size to the calls that give it one."""
        positional = [*node.args.posonlyargs, *node.args.args]
        defaults = [None] * (len(positional) - len(node.args.defaults)) + list(node.args.defaults)
        for place, (parameter, default) in enumerate(zip(positional, defaults, strict=True)):
            if self._is_size(parameter.arg):
                self._take(default)
                self._follow(node.name, place)

    def _follow(self, function: str, place: int) -> None:
        if (function, place) not in self._followed:
            self._followed.add((function, place))
            for call in self.notebook.calls(function):
                self._take(call.args[place] if place < len(call.args) else None)
