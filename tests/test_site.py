"""The pages of docs/ as GitHub shows them and as the site does: the same lists, code and tables.

MkDocs reads an older Markdown than GitHub, silently: a block of a list that is three blanks in is
no part of it. mistune, which reads as GitHub does, is the other opinion.
"""

import logging
import re
import runpy
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import mistune
import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
TAGS = re.compile(r"<(p|ol|ul|li|pre|code|table|tr|td|h[1-6]|a|em|strong)\b")
on_page_markdown = runpy.run_path(str(ROOT / "scripts/site_links.py"))["on_page_markdown"]
HOME = SimpleNamespace(file=SimpleNamespace(src_uri="api/index.md"))


@pytest.fixture(scope="module")
def site():
    """Return what turns a page's text into the site's HTML."""
    markdown = pytest.importorskip("markdown", reason="the extra `docs` is not installed")
    extensions = ["tables", "pymdownx.highlight", "pymdownx.superfences"]
    assert all(f"  - {name}\n" in (ROOT / "mkdocs.yml").read_text() for name in extensions)
    return markdown.Markdown(extensions=extensions).convert


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_reads_the_same_on_github_and_on_the_site(page, site):
    text = page.read_text(encoding="utf-8")
    github = mistune.create_markdown(plugins=["table"], escape=False)(text)
    assert Counter(TAGS.findall(site(text))) == Counter(TAGS.findall(github))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[the check](../../grader/__init__.py)", "the check"),
        ("[add one](../../CONTRIBUTING.md#adding-a-platform)", "add one"),
        ("[formats](../formats.md)", "[formats](../formats.md)"),
        ("[checks](checks.md)", "[checks](checks.md)"),
    ],
)
def test_a_link_out_of_docs_is_words_on_the_site(text, shown, caplog):
    assert on_page_markdown(text, page=HOME) == shown
    assert not caplog.records


def test_a_link_to_a_file_that_is_not_there_fails_a_strict_build(caplog):
    assert on_page_markdown("[gone](../../grader/gone.py)", page=HOME) == "gone"
    assert [(r.levelno, r.getMessage()) for r in caplog.records] == [
        (logging.WARNING, "api/index.md links to grader/gone.py, which is not there")
    ]
