"""The platforms: a module or a folder each, with what comes from it and what it is given.

In come graded folders, out come packages, results and tables in a platform's own form.
It may not decide anything.

Whatever lies here is a platform, but `common`, which holds what several of them share. Each says
what it has in a `Platform`: a module in PLATFORM, a folder in PLATFORM of its `platform.py`. Beside
that a folder may hold `package.py` and `push.py`, the platform's part of these verbs. Nothing is
imported before it is asked for.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.handin.intake.class_list import Untitled
    from grader.handin.intake.layouts import Download
    from grader.platforms.common.nouns import Platform

COMMON = "common"


def names() -> list[str]:
    """Return what the platforms are called on the command line."""
    return sorted(found.name for found in pkgutil.iter_modules(__path__) if found.name != COMMON)


def get(name: str) -> Platform:
    """Return a platform by its name."""
    module = importlib.import_module(f"{__name__}.{name}")
    if hasattr(module, "__path__"):
        module = importlib.import_module(f"{__name__}.{name}.platform")
    found: Platform = module.PLATFORM
    return found


def downloads() -> dict[str, Download]:
    """Return how downloads are laid out, by platform, in the order in which these are asked."""
    found = {name: each for name in names() if (each := get(name).download) is not None}
    return dict(sorted(found.items(), key=lambda pair: pair[1].asked))


def class_lists() -> list[Untitled]:
    """Return what reads class lists that have no line of titles."""
    return [found for name in names() if (found := get(name).class_list) is not None]


def verbs(verb: str) -> list[ModuleType]:
    """Return the platforms' parts of a verb, `package` or `push`: NAME, HELP, arguments, run."""
    places = [
        f"{__name__}.{found.name}.{verb}"
        for found in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name)
        if found.ispkg and found.name != COMMON
    ]
    return [importlib.import_module(place) for place in places if importlib.util.find_spec(place)]


def named(verb: str) -> str:
    """Return the platforms that have a part of a verb, in one phrase."""
    return ", ".join(module.NAME for module in verbs(verb))
