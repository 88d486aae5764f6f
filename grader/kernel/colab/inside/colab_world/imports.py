"""An import that cannot be resolved does not take its cell along.

Why: import cells name a dozen packages, of which the notebook may use none. A name that is not
there is bound to a placeholder, which raises when it is used. Where a notebook has a fallback of
its own (an import in a `try` that catches ImportError), and in libraries, imports fail as ever.
"""

from __future__ import annotations

import ast
from typing import Any

HELPER = "__colab_placeholder__"
CAUGHT = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


class Imports(ast.NodeTransformer):
    """Gives each import that has no fallback a placeholder to fall back on."""

    def __init__(self) -> None:
        self.guarded = False

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """Begin anew with each cell."""
        self.guarded = False
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        """Visit a body that runs later, outside of what stands around it."""
        return self._inside(node, guarded=False)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> Any:
        """As `visit_FunctionDef`."""
        return self._inside(node, guarded=False)

    def visit_With(self, node: ast.With) -> Any:
        """Leave the imports below `suppress(ImportError)` alone."""
        names = {name for item in node.items for name in _names(item.context_expr)}
        falls_back = "suppress" in names and bool(CAUGHT & names)
        return self._inside(node, guarded=self.guarded or falls_back)

    def visit_Try(self, node: ast.Try) -> Any:
        """Leave the imports of a `try` alone that has a fallback for them."""
        falls_back = any(h.type is None or CAUGHT & _names(h.type) for h in node.handlers)
        body = self._inside(ast.Module(node.body, []), guarded=self.guarded or falls_back)
        rest: Any = self.generic_visit(ast.Try([], node.handlers, node.orelse, node.finalbody))
        rest.body = body.body
        return ast.copy_location(rest, node)

    def visit_Import(self, node: ast.Import) -> ast.AST | list[ast.stmt]:
        """Split `import a, b.c as d` and give each name its placeholder."""
        if self.guarded:
            return node
        return [
            _falling_back(
                ast.copy_location(ast.Import([alias]), node),
                alias.asname or alias.name.partition(".")[0],
                [alias.name if alias.asname else alias.name.partition(".")[0]],
            )
            for alias in node.names
        ]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | list[ast.stmt]:
        """Split `from a import b, c as d` and give each name its placeholder."""
        if self.guarded or node.level or node.module in (None, "__future__"):
            return node
        module = str(node.module)
        return [
            _falling_back(
                ast.copy_location(ast.ImportFrom(module, [alias], 0), node),
                "" if alias.name == "*" else alias.asname or alias.name,
                [module] if alias.name == "*" else [module, alias.name],
            )
            for alias in node.names
        ]

    def _inside(self, node: Any, *, guarded: bool) -> Any:
        before, self.guarded = self.guarded, guarded
        try:
            return self.generic_visit(node)
        finally:
            self.guarded = before


def _names(node: ast.AST) -> set[str]:
    inner = list(ast.walk(node))
    names = {part.id for part in inner if isinstance(part, ast.Name)}
    return names | {part.attr for part in inner if isinstance(part, ast.Attribute)}


def _falling_back(statement: ast.stmt, bound: str, asked: list[str]) -> ast.stmt:
    """Return `statement` with an except clause that binds `bound`, or nothing, to a placeholder."""
    call = ast.Call(ast.Name(HELPER, ast.Load()), [ast.Constant(part) for part in asked], [])
    bind = ast.Assign([ast.Name(bound, ast.Store())], call) if bound else ast.Expr(call)
    handler = ast.ExceptHandler(ast.Name("ImportError", ast.Load()), None, [bind])
    whole = ast.Try([statement], [handler], [], [])
    return ast.fix_missing_locations(ast.copy_location(whole, statement))
