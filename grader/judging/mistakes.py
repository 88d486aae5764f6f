"""What people read of each recognised mistake: one record, whatever shows it."""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from grader.model import Finding
from grader.model.assignment import WrongAssignment, chosen

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True)
class Mistake:
    """A mistake in words: its name, why it matters, and what to look for."""

    title: str
    why: str
    look_for: str


@functools.cache
def known() -> Mapping[str, Mistake]:
    """Return every record by the mistake's id. Raises WrongAssignment with one line."""
    path = chosen().home / "mistakes.toml"
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        return {id_: Mistake(**record) for id_, record in raw.items()}
    except (OSError, ValueError, TypeError) as error:
        raise WrongAssignment(
            f"{path}: {error}; it needs a record with title, why and look_for for each mistake"
        ) from None


def help_with(finding: Finding | None, why: str, cause: str) -> tuple[str, str]:
    """Return why a finding matters and what to look for: of its mistake, else of its check."""
    if finding is None:
        return "", ""
    record = known().get(finding.mistake or "")
    if record is None:
        return why, finding.hint or cause
    return f"{record.why}.", finding.hint or f"{record.look_for}."


def title(id_: str | None) -> str:
    """Return the name of a mistake in plain words; "" for none, or one that has no record.

    >>> title("relu_at_end"), title(None)
    ('A ReLU after the last convolution', '')
    """
    record = known().get(id_ or "")
    return record.title if record else ""


def named(id_: str | None) -> str:
    """Return a mistake with its id behind it; the id alone where there is no record.

    >>> named("relu_at_end"), named("new_one")
    ('A ReLU after the last convolution [relu_at_end]', 'new_one')
    """
    words = title(id_)
    return f"{words} [{id_}]" if words else id_ or ""
