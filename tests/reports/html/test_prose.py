"""Markdown of strangers: words with a style, never markup, nothing from elsewhere."""

import time

import pytest

from grader.reports.html import prose
from grader.reports.html.nouns import Output, Picture
from tests import hostile_pages

SHOWN = Output("picture", picture=Picture("AAAA", 1, 1))


def read(source, attachments=None, taken=None):
    def take(data):
        (taken if taken is not None else []).append(data)
        return SHOWN

    return prose.read(source, attachments or {}, take)


def told(source, **options):
    return [(p.kind, "".join(run.text for run in p.runs)) for p in read(source, **options)]


def test_pieces_and_their_styles():
    (piece,) = read("a **b** *c* `d` [e](https://f.ca/g%20h)")
    assert [(run.style, run.text) for run in piece.runs] == [
        ("", "a "), ("strong", "b"), ("", " "), ("em", "c"), ("", " "), ("code", "d"), ("", " "),
        ("", "e"), ("link", " (https://f.ca/g h)"),
    ]  # fmt: skip


def test_headings_lists_quotes_and_tables():
    source = "## H\n\n1. one\n   - two\n\n> q\n\n"
    source += "| a | b |\n|---|---|\n| 1 | 2 |\n\n---\n\n```\nx = 1\n```"
    assert told(source) == [
        ("heading", "H"), ("item", "one"), ("item", "two"), ("text", "q"), ("row", "a | b"),
        ("row", "1 | 2"), ("rule", ""), ("code", "x = 1\n"),
    ]  # fmt: skip


def test_html_stays_text():
    assert told("<div onclick=x>\n<b>hi</b>\n</div>") == [
        ("code", "<div onclick=x>\n<b>hi</b>\n</div>\n")
    ]
    assert told("so <b>bold</b>") == [("text", "so <b>bold</b>")]


def test_a_link_is_its_words_and_its_address():
    assert told("[click](javascript:alert(1))") == [("text", "click (javascript:alert(1))")]


def test_pictures_come_from_the_notebook_alone():
    taken = []
    png = hostile_pages.png((40, 40)) * 3
    assert told(f"![a](data:image/png;base64,{png})", taken=taken) == [("picture", "")]
    assert taken == [png]
    attached = {"b c.png": {"image/png": "BBBB"}}
    assert told("![b](attachment:b%20c.png)", attachments=attached, taken=taken) == [
        ("picture", "")
    ]
    assert taken[1:] == ["BBBB"]
    (elsewhere,) = told("![c](https://x.org/c.png)")
    assert elsewhere == ("text", "[a picture from elsewhere is not loaded: https://x.org/c.png]")
    (lost,) = told("![d](attachment:d.png)")
    assert lost == ("text", "[an attached picture is not there: d.png]")
    (svg,) = told("![e](data:image/svg+xml;base64,AAAA)")
    assert svg[1].startswith("[a picture from elsewhere is not loaded: data:image/svg+xml")


def test_a_megabyte_of_base64_is_not_parsed_as_markdown():
    picture = "A" * 2_000_000
    started = time.process_time()
    assert told(f"before\n\n![x](data:image/png;base64,{picture})\n\nafter")[::2] == [
        ("text", "before"),
        ("text", "after"),
    ]
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "source",
    ["> " * 3_000, "[" * 9_000, "*" * 9_000, "`" * 9_000, "- " * 3_000 + "x", "![" * 5_000,
     "<" * 9_000,     "held-picture:0 ![x](held-picture:7)", "|" * 9_000, "a\n" * 9_000],
)  # fmt: skip
def test_what_is_made_to_be_slow_or_deep_ends(source):
    started = time.process_time()
    assert len(read(source)) <= prose.MOST_BLOCKS
    assert time.process_time() - started < 10


def test_a_long_text_is_shown_as_it_is():
    (piece,) = read("*a* " * 10_000)
    assert piece.kind == "code"
