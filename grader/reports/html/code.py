"""Code as runs of text with a style each; the styles are short classes of Pygments."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator

from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType

from grader.reports.html.nouns import Run

MOST_HIGHLIGHTED = 20_000  # characters; longer cells are shown plain
MOST_RUNS = 6_000
STYLES = (
    (Comment, "c"),
    (String, "s"),
    (Number, "m"),
    (Keyword, "k"),
    (Operator.Word, "k"),
    (Name.Function, "f"),
    (Name.Class, "f"),
    (Name.Decorator, "d"),
    (Name.Builtin, "b"),
)


def runs(source: str, *, python: bool = True) -> tuple[Run, ...]:
    """Return a cell's source in runs of one style each; text without style has the style ""."""
    if not python or len(source) > MOST_HIGHLIGHTED:
        return (Run("", source),) if source else ()
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    found = [
        Run(style, "".join(text for _, text in group))
        for style, group in itertools.groupby(_styled(lexer, source), lambda pair: pair[0])
    ]
    if len(found) > MOST_RUNS:
        return (Run("", source),)
    return tuple(found)


def _styled(lexer: PythonLexer, source: str) -> Iterator[tuple[str, str]]:
    for token, text in lexer.get_tokens(source):
        yield _style(token), text


@functools.cache
def _style(token: _TokenType) -> str:
    return next((style for kind, style in STYLES if token in kind), "")
