"""Every regular expression of the grader, found mechanically, and text that makes each slow."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    from re import _constants as constants  # type: ignore[attr-defined]
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:  # Python 3.10
    import sre_constants as constants  # type: ignore[no-redef]
    import sre_parse as parser  # type: ignore[no-redef]

ROOT = Path(__file__).parents[2]
USES = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
# What runs inside the sandbox, on the student's own time, or reads nothing but our own files.
ELSEWHERE = (
    "grader/kernel/colab/inside/",
    "grader/kernel/agent/",
    "grader/platforms/gradescope/autograder.py",
    "grader/platforms/markus/tester.py",
)
GENERIC = (" ", "\n", "\t", "<", "(", "[", "{", "\\", "*", "_", "#", "a", "A", "9", "|", "=", ":")
GENERIC += (
    " \n",
    "a ",
    "9 ",
    "- ",
    "9,",
    "a_",
    "<a",
    "![",
    "**",
    "NF",
    "\\text{",
    "<!--",
    "é",
    "٣",
)


def files() -> Iterator[tuple[Path, str]]:
    """Yield each source file that uses regular expressions, with its module's name."""
    for path in sorted((ROOT / "grader").rglob("*.py")):
        relative = path.relative_to(ROOT).as_posix()
        if not relative.startswith(ELSEWHERE) and "re." in path.read_text("utf-8"):
            yield path, relative.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def patterns() -> dict[str, re.Pattern[Any]]:
    """Return every pattern by where it stands."""
    found: dict[str, re.Pattern[Any]] = {}
    for path, name in files():
        module = importlib.import_module(name)
        found |= dict(_held(vars(module), name, 3))
        for call in _calls(path):
            pattern = _evaluated(call, vars(module))
            if pattern is not None and pattern not in found.values():
                found[f"{name}:{call.lineno}"] = pattern
    return found


def unresolved() -> list[str]:
    """Return the places of patterns that are put together while the grader runs."""
    return [
        f"{path.relative_to(ROOT).as_posix()}: {ast.unparse(call)}"
        for path, name in files()
        for call in _calls(path)
        if _evaluated(call, vars(importlib.import_module(name))) is None
    ]


def _held(value: Any, where: str, depth: int) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Yield the patterns in a module's names, and in the containers among them."""
    if isinstance(value, re.Pattern):
        yield where, value
    elif depth and isinstance(value, dict):
        for key, inner in list(value.items()):
            if not str(key).startswith("__"):
                yield from _held(inner, f"{where}.{key}", depth - 1)
    elif depth and isinstance(value, (tuple, list)):
        for number, inner in enumerate(value):
            yield from _held(inner, f"{where}[{number}]", depth - 1)


def _calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in USES
        ):
            yield node


def _evaluated(call: ast.Call, names: dict[str, Any]) -> re.Pattern[Any] | None:
    """Return the pattern of a call of ours, evaluated where it stands; None if it varies."""
    flags = [k.value for k in call.keywords if k.arg == "flags"]
    if call.func.attr == "compile":  # type: ignore[attr-defined]
        flags += call.args[1:2]
    try:
        values = [
            eval(compile(ast.Expression(node), "pattern", "eval"), dict(names))  # noqa: S307
            for node in (call.args[0], *flags)
        ]
    except NameError:
        return None
    return values[0] if isinstance(values[0], re.Pattern) else re.compile(*values)


def attacks(pattern: re.Pattern[Any]) -> set[str]:
    """Return pieces that, repeated, lead into each repetition of a pattern and then out of it.

    Each is "lead\\0pump\\0tail": what comes before, what is repeated, and what makes it fail.
    """
    tree = parser.parse(_text(pattern.pattern), pattern.flags & ~re.DEBUG)
    pieces = {f"\0{piece}\0" for piece in GENERIC}
    for lead, pump in _repeats(tree, ""):
        pieces |= {f"{lead}\0{pump}\0", f"\0{lead}{pump}\0", f"{lead}\0{pump}\0\x01"}
        pieces |= {f"\0{lead}\0", f"\0{lead}\0{pump}"}
    return {piece for piece in pieces if piece.split("\0")[1]}


def _text(pattern: str | bytes) -> str:
    return pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern


def _repeats(tree: Any, lead: str) -> Iterator[tuple[str, str]]:
    """Yield (text that leads to a repetition, text that it repeats)."""
    for operation, argument in tree:
        for inner in _inner(operation, argument):
            yield from _repeats(inner, lead)
        if operation in REPEATS and (argument[1] is constants.MAXREPEAT or argument[1] > 20):
            for pump in _examples(argument[2]):
                yield lead, pump
        lead += _example([(operation, argument)])


REPEATS = {constants.MAX_REPEAT, constants.MIN_REPEAT}
if hasattr(constants, "POSSESSIVE_REPEAT"):
    REPEATS.add(constants.POSSESSIVE_REPEAT)


def _inner(operation: Any, argument: Any) -> list[Any]:
    if operation in REPEATS:
        return [argument[2]]
    if operation is constants.SUBPATTERN:
        return [argument[-1]]
    if operation is constants.BRANCH:
        return list(argument[1])
    if operation in (constants.ASSERT, constants.ASSERT_NOT):
        return [argument[1]]
    if str(operation) == "ATOMIC_GROUP":
        return [argument]
    return []


def _examples(tree: Any) -> set[str]:
    """Return texts that a piece of a pattern matches: its first choice, its last, a blank."""
    said = {_example(tree), _example(tree, last=True)}
    one = list(tree)
    if len(one) == 1 and one[0][0] in (constants.IN, constants.ANY, constants.NOT_LITERAL):
        said |= {c for c in " \t\na9<" if _takes(one[0], c)}
    return said - {""}


def _takes(node: Any, character: str) -> bool:
    operation, argument = node
    if operation is constants.NOT_LITERAL:
        return ord(character) != argument
    if operation is constants.ANY:
        return character != "\n"
    negated = bool(argument) and argument[0][0] is constants.NEGATE
    return any(_in(item, character) for item in argument) is not negated


def _in(item: Any, character: str) -> bool:
    operation, argument = item
    if operation is constants.LITERAL:
        return ord(character) == argument
    if operation is constants.RANGE:
        return argument[0] <= ord(character) <= argument[1]
    if operation is constants.CATEGORY:
        return re.fullmatch(CATEGORIES[str(argument)], character) is not None
    return False


CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


def _example(tree: Any, *, last: bool = False) -> str:
    """Return a text that a piece of a pattern matches; what asserts only is left out."""
    said = ""
    for operation, argument in tree:
        if operation is constants.LITERAL:
            said += chr(argument)
        elif operation in (constants.IN, constants.ANY, constants.NOT_LITERAL):
            fits = [c for c in " a9.<\n\tA_-*=(:,|/" if _takes((operation, argument), c)]
            fits = fits or [_first(argument)]
            said += fits[-1 if last else 0]
        elif operation in REPEATS:
            said += _example(argument[2], last=last) * max(argument[0], 1 if last else 0)
        elif operation is constants.BRANCH:
            said += _example(argument[1][-1 if last else 0], last=last)
        elif operation not in (constants.ASSERT, constants.ASSERT_NOT):
            said += "".join(_example(i, last=last) for i in _inner(operation, argument))
    return said


def _first(items: Any) -> str:
    """Return a character of a set that holds none of the usual ones."""
    for operation, argument in items:
        if operation is constants.LITERAL:
            return chr(argument)
        if operation is constants.RANGE:
            return chr(argument[0])
    return "é"
