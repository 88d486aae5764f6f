"""similar.html in a real browser: both columns are read to the end of their lines."""

import pytest

from grader.reports import similarity
from grader.reports.similar.pairs import Beside, Pair, Work

LINE = (
    "    loss = compute_loss(criterion, outputs=model(greys), labels=labels, batch_size=100)  # end"
)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_no_line_is_cut(opened, size):
    works = {name: Work(name, (f"{LINE}\n{LINE}",), (), ()) for name in ("ada", "cem")}
    beside = Beside(0, 0, frozenset({0}), frozenset({0}))
    page = opened(similarity.page([Pair("ada", "cem", 1.0, 9, (beside,))], works, {}), size)
    widths = page.evaluate(
        "[...document.querySelectorAll('pre')].map(one => [one.scrollWidth, one.clientWidth])"
    )
    assert len(widths) == 2
    assert all(whole <= seen for whole, seen in widths)
