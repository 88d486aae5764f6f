"""The one numeric comparison, read message by message."""

import numpy as np
import pytest

from grader.judging.compare import Difference, difference, equal, index, number, percent


def test_equal_arrays_have_no_difference():
    values = np.linspace(-1, 1, 12).reshape(3, 4)
    assert difference(values.copy(), values) is None
    assert equal(values + 1e-12, values)


def test_nothing_is_not_an_array():
    assert difference(None, np.zeros((2, 3))) == Difference("an array of shape (2, 3)", "nothing")


@pytest.mark.parametrize("shape", [(1,), (3, 1), (1, 3), (4,), ()])
def test_shapes_are_never_broadcast(shape):
    gap = difference(np.zeros(shape), np.zeros(3))
    assert gap == Difference("shape (3,)", f"shape {shape}")


def test_dtype_counts():
    gap = difference(np.zeros(3, np.float32), np.zeros(3))
    assert gap == Difference("dtype float64", "dtype float32")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_named_with_its_place(bad):
    actual = np.zeros((2, 3))
    actual[1, 2] = bad
    assert difference(actual, np.zeros((2, 3))) == Difference(
        "finite numbers", f"{bad} at [1, 2] (1 in all)"
    )


def test_not_finite_is_wrong_even_where_it_is_expected():
    assert not equal(np.array([np.inf]), np.array([np.inf]))


def test_the_largest_difference_is_shown():
    expected = np.zeros((2, 2))
    actual = np.array([[0.0, 0.5], [-2.0, 0.0]])
    assert difference(actual, expected) == Difference(
        "0 at [1, 0]", "-2 there, the largest difference; 50 % of the values differ"
    )


@pytest.mark.parametrize(("wrong", "shown"), [(1, "1 %"), (999, "99 %"), (1000, "100 %")])
def test_the_share_is_never_rounded_to_nothing_or_to_all(wrong, shown):
    actual = np.zeros(1000)
    actual[:wrong] = 1
    gap = difference(actual, np.zeros(1000))
    assert gap is not None
    assert gap.actual.endswith(f"; {shown} of the values differ")


def test_both_tolerances_count():
    assert equal(np.array([1e-9]), np.array([0.0]))
    assert not equal(np.array([1e-7]), np.array([0.0]))
    assert equal(np.array([1e6 + 0.5]), np.array([1e6]))
    assert not equal(np.array([1e6 + 1.5]), np.array([1e6]))
    assert difference(np.array([1.5]), np.array([1.0]), rtol=0.0, atol=0.5) is None


def test_numbers_and_indices_as_reports_show_them():
    assert number(-0.000123449) == "-0.0001234"
    assert index((np.int64(2), np.int64(0))) == "[2, 0]"


def test_the_largest_difference_is_not_the_largest_value():
    gap = difference(np.array([3.0, -5.5]), np.array([1.0, -5.0]))
    assert gap == Difference(
        "1 at [0]", "3 there, the largest difference; 100 % of the values differ"
    )


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 5, "0 %"), (60, 100, "60 %"), (1, 3, "33 %"), (1, 10_000, "1 %"), (5, 5, "100 %")],
)
def test_percent(part, whole, shown):
    assert percent(part, whole) == shown
