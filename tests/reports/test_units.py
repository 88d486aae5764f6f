"""Points as whole numbers of a small unit."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.reports.units import units
from tests.class_parts import check, report


@given(
    st.lists(
        st.tuples(
            st.floats(0.001, 5).map(lambda v: round(v, 6)), st.sampled_from([0, 0.333333, 0.5, 1])
        ),
        min_size=1,
        max_size=8,
    )
)
def test_units_add_up_and_a_part_is_never_none_or_all(points):
    base = check("cnn.builds")
    checks = [
        replace(base, id=f"c{i}", max_points=most, points=round(most * share, 6))
        for i, (most, share) in enumerate(points)
    ]
    found = units(checks)
    for one in checks:
        earned, total = found.earned[one.id], found.total[one.id]
        if one.points == 0:
            assert earned == 0
        elif one.points == one.max_points:
            assert earned == total
        else:
            assert 0 < earned < total
    assert sum(found.earned.values()) / found.scale == pytest.approx(
        sum(c.points for c in checks), abs=len(checks) / found.scale
    )


def test_the_shipped_shares_need_no_finer_unit_than_a_thousandth():
    assert units(report().checks).scale == 1000
    assert sum(units(report().checks).earned.values()) == 3000
