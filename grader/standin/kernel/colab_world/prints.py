"""Python 2's print statement.

Why: the notebooks of 2020 were run by Python 2.7; one `print x` loses a whole cell.
"""

from __future__ import annotations

import ast
import warnings

from .notes import note

COMPLAINT = "Missing parentheses in call to 'print'"


def call_print(lines: list[str]) -> list[str]:
    r"""Return the cell's lines with each print statement made a call; the lines stay in place.

    >>> call_print(["for i in x:\n", "    print 'i', i  # each\n"])
    ['for i in x:\n', "    print('i', i)  # each\n"]
    """
    for _ in range("".join(lines).count("print")):
        error = _complaint("".join(lines))
        if error is None:
            break
        lines = _repaired(lines, error)
    return lines


def _complaint(source: str) -> SyntaxError | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source)
        except SyntaxError as error:
            places = (error.lineno, error.offset, error.end_lineno, error.end_offset)
            if COMPLAINT in error.msg and all(places):
                return error
        except (ValueError, RecursionError, MemoryError):
            pass  # such as a null character: running the cell says so better
    return None


def _repaired(lines: list[str], error: SyntaxError) -> list[str]:
    first, start = (error.lineno or 1) - 1, (error.offset or 1) - 1
    last, end = (error.end_lineno or 1) - 1, (error.end_offset or 1) - 1
    note("prints", f"line {first + 1}: print statement")
    lines = list(lines)
    lines[last] = lines[last][:end] + ")" + lines[last][end:]
    after = start + len("print")
    lines[first] = lines[first][:after] + "(" + lines[first][after:].lstrip(" \t")
    return lines
