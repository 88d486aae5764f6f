"""A hook of MkDocs: what docs/ links to outside of docs/ is there, and is no link on the site.

GitHub follows a link to `../grader/model/assignment.py`; the site holds no such page, so it shows
the words alone. A file that is not there is a warning, which fails a strict build.
"""

import logging
import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+[^)#\s]*)(?:#[^)\s]*)?\)")
log = logging.getLogger("mkdocs.hooks.site_links")


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Return a page's text without links that leave docs/."""
    home = posixpath.dirname(f"docs/{page.file.src_uri}")

    def words(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(home, link[2]))
        if target.startswith("docs/"):
            return link[0]
        if not (ROOT / target).exists():
            log.warning("%s links to %s, which is not there", page.file.src_uri, target)
        return link[1]

    return LINK.sub(words, markdown)
