"""Formulas as people type them: read, or refused in a few words; never a traceback, never slow."""

import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.assignment.written import formula, polynomial
from grader.assignment.written.formula import Unreadable, longest, parse
from grader.assignment.written.polynomial import NC, NF, Polynomial, TooLarge, number

WEIGHTS = number(9) * NF + number(72) * NF**2 + number(9) * NF * NC + number(9) * NC**2


@pytest.mark.parametrize(
    "text",
    [
        "9*NF + 72*NF^2 + 9*NF*NC + 9*NC^2",
        "9 NF + 72 NF² + 9 NF NC + 9 NC²",
        "9NF+72NF2+9NFNC+9NC2",
        "9·NF + 72·NF**2 + 9×NF×NC + 9·NC^(2)",
        r"$9 N_F + 72 N_F^2 + 9 N_F N_C + 9 N_{C}^{2}$",
        r"9\,NF + 72\,\mathrm{NF}^{2} + 9 \cdot NF \times NC + 9\text{NC}^2",
        "3*3*NF + 3*3*(NF*2NF + 2NF*2NF + 2NF*NF) + 9 nf nc + 9 nc nc",
        "3x3x1xNF + k^2 (NF x 2NF + 2NF x 2NF + 2NF x NF) + k²·NF·NC + k**2*NC*NC",
        "9 * NIC * NF + 72 n_f^2 + 9 n_f n_c + 9 N_C^2",
        "9 (NF + NC)^2 + 63 NF^2 - 9 NF NC + 9 NF",
        "9<em>NF</em> + 72NF<sup>2</sup> + 9&times;NF&middot;NC + 9NC&sup2;",
        r"9\*NF + 72\*NF^2 + 9\*NF\*NC + 9\*NC^2",
        "9*num_filters + 72*num_filters**2 + 9*num_filters*num_colours + 9*num_colors**2",
        "𝟗𝑁𝐹 + 72𝑁𝐹² + 9𝑁𝐹𝑁𝐶 + 9𝑁𝐶²",
        "(18/2)*NF + 144/2*NF^2 + 9*NF*NC + (9NC)*NC",
        r"\frac{18}{2} NF + \dfrac{144}{2}NF^2 + 9 NF NC + \frac{9 NC^2}{1}",
        r"3^2 NF + \frac{2^{10} 9}{2^{7}} NF^2 + 9NF NC + 9NC^2",
    ],
)
def test_many_spellings_of_one_polynomial(text):
    assert parse(text) == WEIGHTS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5,304", 5304),
        ("15 630 336", 15630336),
        ("15,630,336", 15630336),
        ("9{,}216", 9216),
        ("1.5", Fraction(3, 2)),
        ("-(2)^3", -8),
        ("10^3 * 2", 2000),
        ("2^10", 1024),
        ("3^2 2", 18),
    ],
)
def test_numbers(text, value):
    assert parse(text) == number(value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "nothing there"),
        ("   ", "nothing there"),
        ("9*", "ends in the middle"),
        ("9*NF)", "unexpected ')'"),
        ("(9*NF", "ends in the middle"),
        ("(9*NF 2", "two factors without a sign"),
        ("9 NF 2", "two factors without a sign"),
        ("1,5 NF", "cannot read '1,5 NF'"),
        ("1.2.3", "cannot read"),
        ("12,34", "cannot read"),
        ("6/2NF", "two factors without a sign"),
        ("1/0", "division by something that is no number"),
        ("1/NF", "division by something that is no number"),
        ("NF^NC", "an exponent that is no number"),
        ("NF^7", "the exponent 7"),
        ("NF^(1/2)", "the exponent 1/2"),
        ("NF^6 NF^6", "a power above 8"),
        ("((((9^6)^6)^6)^6)^6", "a number with too many digits"),
        ("(" * 21 + "1" + ")" * 21, "more than 20 parentheses"),
        ("1" * 31, "cannot read"),
        ("NF" * 1001, "longer than 2000 characters"),
        ("NF+" * 150 + "NF", "cannot read"),
        ("9*H*W", "cannot read 'H*W'"),
        ("__import__('os').system('x')", "cannot read"),
        ("NF if NC else 1", "cannot read 'if NC else 1'"),
        ("lambda: 1", "cannot read"),
        (r"\frac{1}{", "cannot read"),
    ],
)
def test_what_is_no_formula_is_refused_with_a_reason(text, reason):
    with pytest.raises(Unreadable) as caught:
        parse(text)
    assert reason in str(caught.value)


def test_the_longest_formula_in_a_sentence():
    text = "is 9*NF + 72*NF^2 - see below (for one image)"
    value, end = longest(text, 3)
    assert value == number(9) * NF + number(72) * NF**2
    assert text[end:] == " - see below (for one image)"
    assert longest("nothing here", 0) is None
    assert longest("", 0) is None


def test_a_formula_goes_on_over_a_line_only_behind_or_before_an_operator():
    assert longest("9*NF +\n  NC", 0) == (number(9) * NF + NC, 11)
    assert longest("9*NF\n  + NC", 0) == (number(9) * NF + NC, 11)
    assert longest("9*NF\n  NC", 0) == (number(9) * NF, 4)
    assert longest("- 9*NF\n- 3*NC", 2) == (number(9) * NF, 6)


def test_polynomials_are_exact_and_bounded():
    assert str(WEIGHTS) == "72·NF² + 9·NF + 9·NF·NC + 9·NC²"
    assert str(number(0)) == "0"
    assert str(NF.times(-1) + number(Fraction(1, 2))) == "-NF + 1/2"
    assert ((NF + NC) ** 0)(5, 6) == 1
    assert WEIGHTS(32, 24) == 86112
    assert Polynomial.from_rows([[1, 0, 2], [0, 0, 0]]) == NF.times(2)
    with pytest.raises(TooLarge, match="a power above 8"):
        Polynomial.of({(5, 4): 1})
    with pytest.raises(TooLarge, match="too many digits"):
        number(2**polynomial.MAX_BITS)


COEFFICIENTS = st.dictionaries(
    st.tuples(st.integers(0, 2), st.integers(0, 2)), st.integers(1, 20000), min_size=1, max_size=6
)
MARKS = ("", ",", " ")


def spelled_number(draw, value):
    mark = draw(st.sampled_from(MARKS))
    return f"{value:,}".replace(",", mark) if value >= 1000 else str(value)


def spelled_power(draw, name, power):
    if power == 0:
        return []
    name = draw(st.sampled_from([name, name.lower(), f"N_{name[1]}", f"N_{{{name[1]}}}"]))
    if power == 1:
        return [name]
    raised = ["^2", "**2", "²", "^{2}", "<sup>2</sup>", f"*{name}", f" {name}"]
    return [name + draw(st.sampled_from(raised))]


@st.composite
def spelled(draw):
    """A polynomial, and one of the many ways to write it."""
    coefficients = draw(COEFFICIENTS)
    terms = []
    for (i, j), c in draw(st.permutations(sorted(coefficients.items()))):
        factors = [*spelled_power(draw, "NF", i), *spelled_power(draw, "NC", j)]
        factors = draw(st.permutations(factors))
        sign = draw(st.sampled_from(["*", " * ", "·", " × ", r" \cdot ", r"\times "]))
        loose = draw(st.sampled_from(["", " ", sign])) if factors else ""
        terms.append(spelled_number(draw, c) + loose + sign.join(factors))
    text = draw(st.sampled_from([" + ", "+", "\n + "])).join(terms)
    around = draw(st.sampled_from(["{}", "({})", "${}$", r"\left({}\right)", "  {} "]))
    return Polynomial.of(coefficients), around.format(text) if "{}" in around else text


@settings(max_examples=1000)
@given(spelled())
def test_every_spelling_means_the_polynomial(pair):
    meant, text = pair
    assert parse(text) == meant


@settings(max_examples=200)
@given(COEFFICIENTS)
def test_what_is_printed_is_read_back(coefficients):
    meant = Polynomial.of(coefficients)
    assert parse(str(meant)) == meant


PIECES = ["NF", "NC", "k", "9", "1,234", "^", "**", "*", "(", ")", "{", "}", "\\times", "$", "/"]
PIECES += ["+", "-", " ", "\n", "²", "_", "x", "=", "weights", "&times;", "<sup>", "\\", "٣", "½"]


def outcome(text):
    """The polynomial, or the reason why there is none: one line, never empty."""
    try:
        return str(parse(text))
    except Unreadable as error:
        return "" if "\n" in str(error) else str(error)


@settings(max_examples=2000)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=60).map("".join)))
def test_anything_is_read_or_refused_and_quickly(text):
    started = time.process_time()
    assert outcome(text)
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "text",
    [
        "(" * 2000,
        "(NF+NC+1)^2" * 180,
        "-" * 2000,
        "9^6" * 600,
        "(NF+NC+1)^4*(NF+NC+1)^4+" * 80,
        "<" * 2000,
        "{" * 1000 + "}" * 1000,
        "\ufdfa" * 2000,
        "1,000" * 400,
        "**" * 1000,
        "N_" * 1000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_text_is_bounded_in_time(text):
    started = time.process_time()
    with pytest.raises(Unreadable):
        parse(text[: formula.LENGTH])
    longest(text, 0)
    assert time.process_time() - started < 20
