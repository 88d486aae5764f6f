"""Whatever a value holds, it is text on the page."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup

from grader.reports.html import markup

JOINERS = "\u200d"  # of emoji


@given(st.text())
def test_nothing_unseen_is_left_in_a_text(text):
    shown = markup.visible(text)
    for character in shown:
        unseen = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
        assert not unseen or character in "\t\n" + JOINERS
    shown.encode("utf-8")


def test_every_character_that_hides_or_reorders_is_written_out():
    for code in range(0x110000):
        character = chr(code)
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
            kept = character in "\t\n" + JOINERS
            assert (markup.visible(character) == character) is kept, hex(code)


def test_what_people_write_stays_as_it_is():
    text = "Zoë 王 שלום naïve 👩‍💻 \u26a0\ufe0f a·x + b²\n\tx"
    assert markup.visible(text) == text
    assert markup.visible("a\r\nb") == "a\nb"


def test_a_template_escapes_every_value_and_knows_every_name(tmp_path):
    environment = markup.environment(tmp_path)
    template = environment.from_string('<a title="{{ x }}">{{ x }}</a>')
    assert template.render(x='"><b>\u202e') == (
        '<a title="&#34;&gt;&lt;b&gt;\\u202e">&#34;&gt;&lt;b&gt;\\u202e</a>'
    )
    with pytest.raises(UndefinedError):
        template.render()


def test_backticks_become_code_and_nothing_else_does():
    assert markup.ticked("see `a<b` & c") == "see <code>a&lt;b</code> &amp; c"
    assert markup.ticked("`<script>`") == Markup("<code>&lt;script&gt;</code>")
    assert markup.ticked("one ` alone") == "one ` alone"


@pytest.mark.parametrize("text", ['AA"', "AA>", "A A", "AAAA===", "data:"])
def test_what_is_not_base64_is_no_picture(text):
    with pytest.raises(ValueError, match="not Base64"):
        markup.base64(text)
