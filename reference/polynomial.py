"""Exact polynomials in the two widths of the networks, NF and NC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

MAX_DEGREE = 2
# Monomials NF^i · NC^j as (i, j). As sampling points, each moved by (1, 1), they determine a
# polynomial of this degree: the principal lattice of a triangle.
MONOMIALS = tuple((i, j) for i in range(MAX_DEGREE + 1) for j in range(MAX_DEGREE + 1 - i))
SAMPLE_POINTS = tuple((i + 1, j + 1) for i, j in MONOMIALS)

_POWERS = {0: "", 1: "", 2: "²"}


@dataclass(frozen=True)
class Polynomial:
    """A polynomial of degree at most 2 in NF and NC with exact coefficients.

    Attributes:
        terms: ((i, j), coefficient) for each NF^i · NC^j with a coefficient other than zero, in
            the order of `str`. Make one by `of` or `fit`, which keep that order, so that equal
            polynomials compare equal.

    >>> p = Polynomial.of({(2, 0): 72, (0, 2): 9, (1, 0): 9, (1, 1): 9})
    >>> print(p)
    72·NF² + 9·NF + 9·NF·NC + 9·NC²
    >>> p(nf=32, nc=24)
    86112
    >>> 4 * p == Polynomial.of({(1, 0): 36, (2, 0): 288, (0, 2): 36, (1, 1): 36})
    True
    """

    terms: tuple[tuple[tuple[int, int], Fraction], ...]

    @classmethod
    def of(cls, coefficients: Mapping[tuple[int, int], int | Fraction]) -> "Polynomial":
        """Return the polynomial with these coefficients, keyed by the powers (i, j).

        Raises:
            ValueError: a monomial of negative powers or of a degree above 2.
        """
        for powers in coefficients:
            if powers not in MONOMIALS:
                raise ValueError(f"powers {powers}, but should be one of {MONOMIALS}")
        # The constant comes last; the others by falling powers of NF, then rising ones of NC.
        order = sorted(coefficients, key=lambda powers: (powers == (0, 0), -powers[0], powers[1]))
        terms = ((powers, Fraction(coefficients[powers])) for powers in order)
        return cls(tuple(term for term in terms if term[1]))

    @classmethod
    def fit(cls, values: Sequence[int | Fraction]) -> "Polynomial":
        """Return the one polynomial that takes `values` at `SAMPLE_POINTS`, in that order.

        Raises:
            ValueError: not one value a sample point.
        """
        if len(values) != len(SAMPLE_POINTS):
            raise ValueError(f"{len(values)} values, but should be {len(SAMPLE_POINTS)}")
        coefficients = (
            sum((a * value for a, value in zip(row, values, strict=True)), Fraction(0))
            for row in _inverse()
        )
        return cls.of(dict(zip(MONOMIALS, coefficients, strict=True)))

    def coefficient(self, i: int, j: int) -> Fraction:
        """Return the coefficient of NF^i · NC^j, which may be zero."""
        return dict(self.terms).get((i, j), Fraction(0))

    def __call__(self, nf: int, nc: int) -> int | Fraction:
        """Return the exact value at NF = `nf`, NC = `nc`: an int where it is whole."""
        value = sum((c * nf**i * nc**j for (i, j), c in self.terms), Fraction(0))
        return int(value) if value.denominator == 1 else value

    def __rmul__(self, factor: int) -> "Polynomial":
        return Polynomial.of({powers: factor * c for powers, c in self.terms})

    def __str__(self) -> str:
        if not self.terms:
            return "0"
        first, *others = (_term(powers, c) for powers, c in self.terms)
        return "".join([first.replace("- ", "-"), *(_signed(term) for term in others)])


def _term(powers: tuple[int, int], coefficient: Fraction) -> str:
    """Return one term, its minus sign (if any) followed by a blank."""
    factors = [
        name + _POWERS[power] for name, power in zip(("NF", "NC"), powers, strict=True) if power
    ]
    if abs(coefficient) != 1 or not factors:
        factors.insert(0, str(abs(coefficient)))
    return ("- " if coefficient < 0 else "") + "·".join(factors)


def _signed(term: str) -> str:
    return f" {term}" if term.startswith("-") else f" + {term}"


@lru_cache(maxsize=1)
def _inverse() -> list[list[Fraction]]:
    """Return the matrix that makes coefficients of values: the inverse of the monomials' values."""
    values = [[Fraction(nf**i * nc**j) for i, j in MONOMIALS] for nf, nc in SAMPLE_POINTS]
    count = len(values)
    units = [[Fraction(i == j) for j in range(count)] for i in range(count)]
    return _reduced([[*row, *unit] for row, unit in zip(values, units, strict=True)])


def _reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """Solve square linear systems, given as rows [*coefficients, *values], by Gauss-Jordan.

    The one matrix of `_inverse` needs no exchange of rows: none of its pivots is zero.
    """
    for column in range(len(rows)):
        rows[column] = [entry / rows[column][column] for entry in rows[column]]
        for r, row in enumerate(rows):
            if r != column:
                rows[r] = [a - row[column] * b for a, b in zip(row, rows[column], strict=True)]
    return [row[len(rows) :] for row in rows]
