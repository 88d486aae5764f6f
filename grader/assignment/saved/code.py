"""A notebook's cells as syntax trees: magics and lines that do not parse are taken out.

Nothing is executed. Code of 2020, half of it for Python 2, and unfilled gaps must still be read.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

REPAIRS = 12  # lines of one cell that may be taken out
MAGIC = re.compile(r"^(\s*)(?:%{1,2}[A-Za-z].*|![^=].*|\?.*|[\w.]+\?{1,2})$")
ASSIGNED_MAGIC = re.compile(r"^([ \t]*[\w,][\w, ]*=[ \t]*)[!%].*$")
PRINT_STATEMENT = re.compile(r"^(\s*)print\s+[^(=\s].*$")
TRAINS = {"backward"}  # the method that every training loop calls


def parse(source: str) -> list[ast.stmt]:
    """Return the statements of a cell; lines that cannot be read count as `pass`."""
    try:
        return _parsed(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        lines = [_python(line) for line in source.splitlines()]
    for _ in range(REPAIRS):
        try:
            return _parsed("\n".join(lines))
        except SyntaxError as error:
            if not _repaired(lines, error):
                return []
        except (ValueError, RecursionError, MemoryError):
            return []
    return []


def _repaired(lines: list[str], error: SyntaxError) -> bool:
    """Take out the line that does not parse, or fill a body that is empty, in place."""
    bad = min((error.lineno or 1) - 1, len(lines) - 1)
    if isinstance(error, IndentationError) and "expected an indented block" in str(error.msg):
        at_end = str(error.msg).endswith(f" on line {bad + 1}")  # it opens itself, and ends all
        opener = bad if at_end else bad - 1
        while opener >= 0 and not lines[opener].partition("#")[0].strip():
            opener -= 1
        lines.insert(opener + 1, _indent(lines[opener]) + "    pass")
        return opener >= 0
    while bad >= 0 and lines[bad].strip() in ("pass", ""):
        bad -= 1
    if bad >= 0:
        lines[bad] = _indent(lines[bad]) + "pass"
    return bad >= 0


def _parsed(source: str) -> list[ast.stmt]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a student's "\d" is no business of ours
        return ast.parse(source).body


def _python(line: str) -> str:
    """Return a line without what only a notebook, or Python 2, understands."""
    assigned = ASSIGNED_MAGIC.match(line)
    if assigned:
        return assigned[1] + "None"
    magic = MAGIC.match(line) or PRINT_STATEMENT.match(line)
    return magic[1] + "pass" if magic else line


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def trains(node: ast.AST) -> bool:
    """Return whether there is a training step, `loss.backward()`, anywhere inside."""
    return any(name in TRAINS for name, _ in calls(node))


def draws(node: ast.AST) -> bool:
    """Return whether a curve is drawn anywhere inside."""
    return any("plot" in name.lower() and name != "subplot" for name, _ in calls(node))


def calls(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call inside, with the last part of the name that is called."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            yield called(inner), inner


def called(call: ast.Call) -> str:
    """Return the last part of the name that is called: `train` for `module.train(...)`."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
