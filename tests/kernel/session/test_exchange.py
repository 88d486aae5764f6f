"""What all replies of one submission may hold together."""

import pytest

from grader.basics.files import Refused
from grader.kernel.session import exchange


def test_replies_are_bounded_in_sum():
    allowance = exchange.Allowance(3 << 20)
    allowance.spend(2 << 20)
    with pytest.raises(Refused, match="all answers together hold more than 3 MB"):
        allowance.spend(2 << 20)
    allowance.spend(1 << 20)  # a smaller one still has its place
