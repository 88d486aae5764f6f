"""Exact polynomials in NF and NC, of any degree up to a bound: what a student's formula means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

MAX_DEGREE = 8  # of one product; a right answer has 2
MAX_BITS = 512  # of a numerator or a denominator
_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

Powers = tuple[int, int]  # of NF and of NC


class TooLarge(ValueError):
    """A polynomial beyond the bounds of this module."""


@dataclass(frozen=True)
class Polynomial:
    """A polynomial with exact coefficients; equal polynomials compare equal.

    Attributes:
        terms: ((i, j), coefficient) for each NF^i · NC^j whose coefficient is not zero, sorted.
            Make one by `of`, which sees to that.

    >>> p = Polynomial.of({(2, 0): 3, (1, 1): 5, (0, 2): 7, (1, 0): 2})
    >>> print(p)
    3·NF² + 2·NF + 5·NF·NC + 7·NC²
    >>> print(p(2, 3))
    109
    """

    terms: tuple[tuple[Powers, Fraction], ...]

    @classmethod
    def of(cls, coefficients: Mapping[Powers, int | Fraction]) -> Polynomial:
        """Return the polynomial with these coefficients. Raises TooLarge."""
        kept = {p: Fraction(c) for p, c in coefficients.items() if c}
        for (i, j), c in kept.items():
            if i + j > MAX_DEGREE:
                raise TooLarge(f"a power above {MAX_DEGREE}")
            if max(c.numerator.bit_length(), c.denominator.bit_length()) > MAX_BITS:
                raise TooLarge("a number with too many digits")
        return cls(tuple(sorted(kept.items())))

    @classmethod
    def from_rows(cls, rows: Iterable[Iterable[int]]) -> Polynomial:
        """Return the polynomial of rows (i, j, coefficient), as the reference sends it."""
        return cls.of({(i, j): c for i, j, c in rows})

    @property
    def constant(self) -> bool:
        """Return whether it is a number, without NF and NC."""
        return all(powers == (0, 0) for powers, _ in self.terms)

    def __call__(self, nf: int, nc: int) -> Fraction:
        """Return the exact value at NF = `nf`, NC = `nc`."""
        return sum((c * nf**i * nc**j for (i, j), c in self.terms), Fraction(0))

    def __add__(self, other: Polynomial) -> Polynomial:
        total = dict(self.terms)
        for powers, c in other.terms:
            total[powers] = total.get(powers, Fraction(0)) + c
        return Polynomial.of(total)

    def __mul__(self, other: Polynomial) -> Polynomial:
        total: dict[Powers, Fraction] = {}
        for (i, j), a in self.terms:
            for (k, m), b in other.terms:
                total[i + k, j + m] = total.get((i + k, j + m), Fraction(0)) + a * b
        return Polynomial.of(total)

    def __pow__(self, exponent: int) -> Polynomial:
        result = NUMBER_ONE
        for _ in range(exponent):
            result *= self
        return result

    def times(self, factor: int | Fraction) -> Polynomial:
        """Return this polynomial, each coefficient multiplied by a number."""
        return Polynomial.of({powers: c * factor for powers, c in self.terms})

    def __str__(self) -> str:
        order = sorted(self.terms, key=lambda t: (t[0] == (0, 0), -t[0][0], t[0][1]))
        text = " ".join(f"{'-' if c < 0 else '+'} {_term(p, abs(c))}" for p, c in order)
        return text.replace("- ", "-", 1) if text.startswith("-") else text[2:] or "0"


def _term(powers: Powers, coefficient: Fraction) -> str:
    names = [
        name + (str(power).translate(_POWERS) if power > 1 else "")
        for name, power in zip(("NF", "NC"), powers, strict=True)
        if power
    ]
    return "·".join([str(coefficient)] * (coefficient != 1 or not names) + names)


def number(value: int | Fraction) -> Polynomial:
    """Return a number as a polynomial. Raises TooLarge."""
    return Polynomial.of({(0, 0): value})


NUMBER_ONE = number(1)
NF = Polynomial.of({(1, 0): 1})
NC = Polynomial.of({(0, 1): 1})
