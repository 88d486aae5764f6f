"""Finds what looks like freezing and has no effect, once everything is known to learn."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from torch import nn

HISTORY = "In"  # the cells as IPython ran them
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def idle(namespace: Mapping[str, Any], model: nn.Module) -> list[str]:
    """Return, as code that a student would recognise, what was meant to freeze `model`.

    Two places show it: attributes that nobody reads, left on a module or a parameter, and
    statements beside the replacement of the last layer.
    """
    return list(dict.fromkeys([*_attributes(model), *_statements(namespace.get(HISTORY))]))[:4]


def _attributes(model: nn.Module) -> Iterator[str]:
    if any("requires_grad" in vars(module) for module in model.modules()):
        yield "requires_grad set on a module, where it is an attribute like any other"
    for held in model.parameters():
        for name in vars(held):
            if "grad" in name and not name.startswith("_"):
                yield f"{name[:40]} set on the parameters, where no such setting exists"


def _statements(history: Any) -> Iterator[str]:
    if not isinstance(history, list):
        return
    for source in history:
        if isinstance(source, str) and "classifier" in source and "Conv2d" in source:
            try:
                tree = ast.parse(source)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            for node in _outside_functions(tree):
                yield from _without_effect(node)


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, FUNCTIONS):
            yield child
            yield from _outside_functions(child)


def _without_effect(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        name = node.func.attr
        if name == "eval" and not node.args:
            yield ".eval(), which only changes what BatchNorm and dropout do"
        elif name in ("no_grad", "set_grad_enabled", "inference_mode"):
            yield f"{name}(), which ends with its block and sets nothing"
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Compare):
        left = node.value.left
        if isinstance(left, ast.Attribute) and left.attr == "requires_grad":
            yield "requires_grad == ..., which compares and sets nothing"
