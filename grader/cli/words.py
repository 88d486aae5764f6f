"""A command line that cannot be read: one line with what was typed and what to do."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from grader.basics.exits import BadInput, shown
from grader.basics.nearest import meant

NUMBERS = re.compile(r"invalid (?:int|float) value: (?P<typed>'.*')", re.DOTALL)
WORDINGS = (
    (re.compile(r"argument "), ""),
    (re.compile(r"the following arguments are required: "), "missing: "),
    (re.compile(r"expected one argument"), "a value must follow it"),
    (re.compile(r"expected at least one argument"), "a value must follow it"),
)


class Parser(argparse.ArgumentParser):
    """A parser that raises BadInput where argparse prints its usage and ends the process."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Return what is known; nothing may be left over."""
        found, left = super().parse_known_args(args, namespace)
        if left:
            raise BadInput(self._left_over(left))
        return found, left

    def error(self, message: str) -> NoReturn:
        """Raise what argparse found to be wrong, in a line."""
        text = NUMBERS.sub(lambda found: f"{found['typed']} is no number", message)
        for pattern, instead in WORDINGS:
            text = pattern.sub(instead, text, count=1)
        raise BadInput(f"{self._verb()}{shown(text)}{self._help()}")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Say what may be given in place of a value that may not."""
        if action.choices is None or value in action.choices:
            return
        name = "/".join(action.option_strings) or action.metavar or action.dest
        known = list(map(str, action.choices))
        near = meant(str(value), known) or f": give one of {', '.join(known)}"
        raise BadInput(f"{self._verb()}{name} '{shown(value)}'{near}")

    def _left_over(self, left: Sequence[str]) -> str:
        """Return what to say of words that belong nowhere."""
        option = next((word for word in left if word.startswith("-")), None)
        if option is None:
            return (
                f"{self._verb()}'{shown(' '.join(left))}' is more than it takes; a name or path "
                f'with blanks stands in quotes, "like this"{self._help()}'
            )
        name = option.partition("=")[0]
        near = meant(name, self._option_string_actions) or self._help()
        return f"{self._verb()}there is no option '{shown(name)}'{near}"

    def _verb(self) -> str:
        """Return what was typed behind the name of the program, as the start of a line."""
        return "".join(f"{verb}: " for verb in self.prog.split(" ", 1)[1:])

    def _help(self) -> str:
        return f"; `{self.prog} --help` shows how"
