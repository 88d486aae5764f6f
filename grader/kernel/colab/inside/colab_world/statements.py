"""A statement that raises takes only itself along: the rest of its cell is run all the same.

Why: notebooks of 2020 begin a cell with an import, an assertion of a GPU, a name that a library has
dropped since; all that the cell defines further down would be lost with it. The cell still counts
as one that raised, and no statement is run twice.
"""

from __future__ import annotations

import ast
import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Any

from .pieces import Broken, salvage

# The student, or the side that grades, has stopped the cell: nothing more of it is run.
STOPS = (KeyboardInterrupt, asyncio.CancelledError)
Run = Callable[..., Awaitable[Any]]


def install(shell: Any) -> None:
    """Have IPython's `shell` go on behind a statement that raises, or that is no Python."""
    shell.run_ast_nodes = _each(shell, shell.run_ast_nodes)
    shell.compile.ast_parse = _salvaging(shell.compile.ast_parse)
    shell.input_transformers_cleanup.append(_untimed)


def _each(shell: Any, original: Run) -> Run:
    @functools.wraps(original)
    async def run_ast_nodes(
        nodelist: list[ast.stmt],
        cell_name: str,
        interactivity: str = "last_expr",
        compiler: Any = compile,
        result: Any = None,
    ) -> Any:
        first: tuple[Any, Any] | None = None
        for position, node in enumerate(nodelist):
            shown = interactivity == "all" or position == len(nodelist) - 1
            how = interactivity if shown else "none"
            if isinstance(node, Broken):
                _complain(shell, node.error, result)
            elif not await original([node], cell_name, how, compiler, result):
                continue
            error = _taken(result)
            first = first or (error, getattr(shell, "_last_traceback", None))
            if isinstance(error, STOPS):
                break
        if first is not None and result is not None:
            result.error_in_exec, shell._last_traceback = first  # noqa: SLF001 - as IPython sets it
        return first is not None

    return run_ast_nodes


def _complain(shell: Any, error: SyntaxError, result: Any) -> None:
    """Show what is wrong with a piece, as IPython shows it of a whole cell."""
    try:
        raise error.with_traceback(None) from None
    except SyntaxError:
        shell.showsyntaxerror()
    if result is not None:
        result.error_before_exec = error


def _taken(result: Any) -> Any:
    """Return what the last statement raised, and forget it: the next one begins afresh."""
    if result is None:
        return None
    error = result.error_before_exec or result.error_in_exec
    result.error_before_exec = result.error_in_exec = None
    return error


def _untimed(lines: list[str]) -> list[str]:
    """Take `%%time` from the head of a cell: it would run the cell as one statement."""
    head = next((i for i, line in enumerate(lines) if line.strip()), None)
    timed = head is not None and lines[head].strip() == "%%time"
    return [line if i != head else "\n" for i, line in enumerate(lines)] if timed else lines


def _salvaging(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def ast_parse(source: str, filename: str = "<unknown>", symbol: str = "exec") -> Any:
        try:
            return original(source, filename, symbol)
        except SyntaxError:
            parse = functools.partial(original, filename=filename, symbol=symbol)
            tree = salvage(source, parse) if symbol == "exec" else None
            if tree is None:
                raise
            return tree

    return ast_parse
