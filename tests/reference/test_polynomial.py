"""Exact polynomials: fitting, evaluation, equality, and how they read."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import Polynomial
from reference.polynomial import MONOMIALS, SAMPLE_POINTS

numbers = st.integers(-(10**15), 10**15) | st.fractions(max_denominator=50)
coefficients = st.dictionaries(st.sampled_from(MONOMIALS), numbers)
examples = settings(derandomize=True, deadline=None, max_examples=60)


@examples
@given(coefficients, st.integers(-9, 200), st.integers(-9, 200))
def test_value_is_the_sum_of_the_terms(terms, nf, nc):
    value = Polynomial.of(terms)(nf, nc)
    assert value == sum(c * nf**i * nc**j for (i, j), c in terms.items())
    assert isinstance(value, int) == (Fraction(value).denominator == 1)


@examples
@given(coefficients)
def test_fit_recovers_the_polynomial_from_its_values(terms):
    polynomial = Polynomial.of(terms)
    assert Polynomial.fit([polynomial(*point) for point in SAMPLE_POINTS]) == polynomial


@examples
@given(coefficients, st.sampled_from(MONOMIALS))
def test_equal_exactly_if_all_coefficients_are(terms, powers):
    polynomial = Polynomial.of(terms)
    assert polynomial == Polynomial.of({p: terms.get(p, 0) for p in reversed(MONOMIALS)})
    assert hash(polynomial) == hash(Polynomial.of(dict(reversed(terms.items()))))
    assert polynomial != Polynomial.of(terms | {powers: terms.get(powers, 0) + 1})
    assert polynomial.coefficient(*powers) == terms.get(powers, 0)


@examples
@given(coefficients, st.integers(-5, 5))
def test_a_multiple_has_every_coefficient_multiplied(terms, factor):
    multiple = {powers: factor * c for powers, c in terms.items()}
    assert factor * Polynomial.of(terms) == Polynomial.of(multiple)


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ({}, "0"),
        ({(1, 0): 0}, "0"),
        ({(0, 0): 5}, "5"),
        ({(0, 0): -1}, "-1"),
        ({(1, 0): 1, (0, 1): -1}, "NF - NC"),
        ({(1, 1): -3, (0, 0): 1}, "-3·NF·NC + 1"),
        ({(0, 2): 9, (1, 1): 9, (1, 0): 9, (2, 0): 72}, "72·NF² + 9·NF + 9·NF·NC + 9·NC²"),
        ({(2, 0): Fraction(1, 2), (0, 1): Fraction(-3, 4)}, "1/2·NF² - 3/4·NC"),
    ],
)
def test_reads_as_a_formula(terms, text):
    assert str(Polynomial.of(terms)) == text


def test_a_power_above_two_is_refused():
    with pytest.raises(ValueError, match=r"^powers \(2, 1\), but should be one of"):
        Polynomial.of({(2, 1): 1})


def test_a_wrong_number_of_values_is_refused():
    with pytest.raises(ValueError, match=r"^5 values, but should be 6$"):
        Polynomial.fit([1] * 5)
