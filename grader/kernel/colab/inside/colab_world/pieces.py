"""A cell of which a part is no Python: its other statements, where they can be told apart.

Why: the handout's CNN and UNet are given out unfilled, a body of nothing but comments, and such a
class takes the one that stands beside it along.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

MOST = 400  # tries to parse, in one cell
# Where a statement may begin: not a comment, not what closes or goes on with the one above.
START = re.compile(r"(?!(else|elif|except|finally|case)\b)[^\s#)\]}.,]")
Parse = Callable[[str], ast.Module]


class Broken(ast.Pass):
    """Stands for a piece that is no Python; `error` says what is wrong with it."""

    def __init__(self, error: SyntaxError, line: int) -> None:
        super().__init__(lineno=line, col_offset=0, end_lineno=line, end_col_offset=0)
        self.error = error


def salvage(source: str, parse: Parse) -> ast.Module | None:
    """Return the statements of a cell that does not parse, those that are none as `Broken`.

    Args:
        source: the cell.
        parse: makes a module of text. Raises SyntaxError.

    Returns:
        The statements on the lines where they stand; the first broken one alone where nothing
        is whole; None for a cell that would take too long.
    """
    lines = source.splitlines(keepends=True)
    starts = [i for i, line in enumerate(lines) if START.match(line)]
    ends = [*starts[1:], len(lines)]
    body: list[ast.stmt] = []
    tries = here = 0
    while here < len(starts):
        for end in range(here, len(starts)):
            tries += 1
            if tries > MOST:
                return None
            found = _read(lines, starts[here], ends[end], parse)
            if found is not None:
                body += found
                here = end + 1
                break
        else:
            body.append(Broken(_why(lines, starts[here], ends[here], parse), starts[here] + 1))
            here += 1
    whole = any(not isinstance(statement, Broken) for statement in body)
    return ast.Module(body if whole else body[:1], [])


def _read(lines: list[str], start: int, end: int, parse: Parse) -> list[ast.stmt] | None:
    """Return the statements between two lines, on the lines where they stand; None: not Python."""
    try:
        return parse("\n" * start + "".join(lines[start:end])).body
    except SyntaxError:
        return None


def _why(lines: list[str], start: int, end: int, parse: Parse) -> SyntaxError:
    """Return what is wrong with a piece, as Python says it where another statement follows."""
    text = "".join(lines[start:end]).rstrip() + "\npass\n"
    try:
        parse("\n" * start + text)
    except SyntaxError as error:
        return error
    return SyntaxError("not finished")
