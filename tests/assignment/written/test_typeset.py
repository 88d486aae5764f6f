"""Glyphs by size and place: exponents, indices, fractions, cells; whatever the places, text."""

import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.handin.writeup.typeset import Glyph, Rule, text


def glyphs(said, x=0.0, y=0.0, size=10.0, wide=0.5):
    """Return glyphs one after the other; a blank moves the pen by a third of the size."""
    found = []
    for character in said:
        if character == " ":
            x += size / 3
            continue
        found.append(Glyph(character, x, x + wide * size, y, size))
        x += wide * size
    return found


def end(found):
    return found[-1].x1


def test_words_and_cells_are_told_by_the_gap():
    first = glyphs("two words")
    assert text([*first, *glyphs("9NF", end(first) + 12)]) == "two words | 9NF"


def test_an_exponent_an_index_and_both():
    base = glyphs("9NF")
    raised, lowered = glyphs("2", end(base), 4, 7), glyphs("i", end(base), -2, 7)
    after = glyphs("+1", end(raised))
    assert text([*base, *raised, *after]) == "9NF^2+1"
    assert text([*base, *lowered, *after]) == "9NF_i+1"
    assert text([*base, *raised, *lowered, *after]) == "9NF_i^2+1"  # as TeX paints them
    assert text([*base, *glyphs("10", end(base), 4, 7)]) == "9NF^(10)"


def test_an_ordinal_is_no_exponent():
    one = glyphs("1")
    assert text([*one, *glyphs("st", end(one), 4, 7)]) == "1st"


def test_a_number_of_the_same_size_higher_up_is_another_line():
    base = glyphs("9NF")
    assert text([*base, *glyphs("2", end(base), 12)]) == "9NF\n2"
    assert text([*base, *glyphs("note", 0, -12, 7)]) == "9NF\nnote"


def test_a_small_sign_far_away_is_no_exponent():
    base = glyphs("9NF")
    assert text([*base, *glyphs("2", end(base) + 30, 4, 7)]) == "9NF\n2"


FRACTION = [*glyphs("4*", 0), *glyphs("NF", 12, 7), *glyphs("2", 14.5, -7), *glyphs("+NC", 24)]


def test_a_fraction_is_a_division():
    assert text(FRACTION, [Rule(12, 22, 2.5)]) == "4* (NF/2) +NC"
    assert text(FRACTION, [Rule(12, 22, 2.5), Rule(0, 300, 20)]) == "4* (NF/2) +NC"


def test_a_tall_parenthesis_with_its_exponent():
    tall = [Glyph("(", 0, 7, 14, 10, tall=True), *glyphs("32", 7, 7), *glyphs("2", 9, -7)]
    tall += [Glyph(")", 18, 25, 14, 10, tall=True), *glyphs("2", 25, 13, 7), *glyphs("NF", 29)]
    assert text(tall, [Rule(7, 17, 2.5)]) == "((32/2))^2NF"


@pytest.mark.parametrize(
    "rule", [Rule(0, 40, 2.5), Rule(12, 60, 2.5), Rule(12, 22, 40), Rule(12, 14, 2.5)]
)
def test_a_rule_of_a_table_makes_no_fraction(rule):
    assert "/" not in text(FRACTION, [rule])


def test_an_underline_makes_no_fraction():
    first = glyphs("NF are")
    below = glyphs("of a net", 0, -12)
    assert text([*first, *below], [Rule(0, 10, -2)]) == "NF are\nof a net"


def test_ligatures_and_numbers_of_headings():
    assert text([*glyphs("1.3"), *glyphs("Coeﬃcients", 30)]) == "1.3 Coefficients"
    assert text([*glyphs("1"), *glyphs("9NF", 30), *glyphs("7NF", 60)]) == "1 | 9NF | 7NF"


PLACES = st.floats(-1e6, 1e6) | st.sampled_from([0.0, 1e300, -1e300, 5e-324])
ANY = st.builds(
    Glyph, st.sampled_from(["N", "2", "(", " ", "ﬃ", ""]), PLACES, PLACES, PLACES,
    st.floats(1e-3, 1e3), st.booleans(),
)  # fmt: skip


@settings(max_examples=500)
@given(st.lists(ANY, max_size=40), st.lists(st.builds(Rule, PLACES, PLACES, PLACES), max_size=5))
def test_glyphs_anywhere_are_text(placed, rules):
    assert isinstance(text(placed, rules), str)


def test_many_glyphs_and_rules_take_no_time():
    many = [g for n in range(2000) for g in glyphs("1728NF+1280NC", n % 7 * 80, -n)]
    rules = [Rule(n % 7 * 80, n % 7 * 80 + 60, -n - math.pi) for n in range(2000)]
    started = time.process_time()
    text(many, rules)
    assert time.process_time() - started < 10
