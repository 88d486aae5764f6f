"""What an answer about a network holds, as far as it can be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.model import Reply


def traced(reply: Reply) -> list[Mapping[str, Any]]:
    """Return the operations that a network ran, as far as they can be read."""
    entries = reply.values.get("trace")
    return [e for e in entries if isinstance(e, Mapping)] if isinstance(entries, list) else []


def is_sound(reply: Reply) -> bool:
    """Return whether an answer has the form of one: it may come from anything in the kernel."""
    slots, unstable = reply.values.get("slots"), reply.values.get("unstable", [])
    return (
        isinstance(slots, Mapping)
        and all(isinstance(about, Mapping) for about in slots.values())
        and all(isinstance(about.get("name"), str) for about in slots.values())
        and isinstance(unstable, list)
        and all(isinstance(slot, str) for slot in unstable)
        and isinstance(reply.values.get("trace"), list)
        and "output" in reply.arrays
    )
