"""Templates whose every value is made visible and escaped before it becomes markup.

Nothing that a student wrote ever becomes markup: `visible` runs on each value that a template
prints, autoescape after it, and an unknown name is an error and not an empty string.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.basics import unseen

# No script at all, nothing fetched: pictures come inside the page, and so does the style.
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'"
)
MOST = 3_000  # characters of one text of a report
TICKED = re.compile(r"`([^`\n]{1,200})`")
BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


def visible(value: Any) -> Any:
    r"""Return text with every character that would hide or reorder something written out.

    >>> visible("a\x00b\u202egnp.exe")
    'a\\x00b\\u202egnp.exe'
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return unseen.visible(value)


def base64(text: str) -> Markup:
    """Return Base64 as it may stand in a data URI, without a second look. Raises ValueError."""
    if not BASE64.fullmatch(text):
        raise ValueError("a picture that is not Base64")
    return Markup(text)  # noqa: S704 - its alphabet holds nothing that is markup


def ticked(text: str) -> Markup:
    """Return text, what stands in backticks as code.

    >>> ticked("`a<b`, or c")
    Markup('<code>a&lt;b</code>, or c')
    """
    if len(text) > MOST:
        text = f"{text[:MOST]} [... {len(text) - MOST} more characters]"
    safe = str(escape(visible(text)))  # a Markup would escape the tags that are put in
    return Markup(TICKED.sub(r"<code>\1</code>", safe))  # noqa: S704 - escaped before


def environment(folder: Path) -> Environment:
    """Return the templates of a folder."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        finalize=visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
