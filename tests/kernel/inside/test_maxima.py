"""The places of the largest numbers are torch's own."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from colab_world.maxima import _by_max

argmax = _by_max(torch)(torch.argmax)
SCORES = torch.randint(0, 3, (4, 5, 6, 7), generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("dim", [None, 0, 1, -1, 3])
@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.int64])
def test_ties_give_the_same_place(dim: int | None, keepdim: bool, dtype: torch.dtype) -> None:
    scores = SCORES.to(dtype)
    assert torch.equal(argmax(scores, dim, keepdim), torch.argmax(scores, dim, keepdim))
    assert torch.equal(argmax(scores, dim=dim), torch.argmax(scores, dim=dim))


@pytest.mark.parametrize("strange", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_are_none(strange: float) -> None:
    scores = SCORES.float()
    scores[1, 2] = strange
    assert torch.equal(argmax(scores, 1), torch.argmax(scores, 1))


def test_errors_and_gradients_are_torchs_own() -> None:
    calls: list[Any] = [lambda f: f(SCORES.float(), 9), lambda f: f([1]), lambda f: f(None, dim=1)]
    for call in calls:
        with pytest.raises((IndexError, TypeError)) as theirs:
            call(torch.argmax)
        with pytest.raises(type(theirs.value)):
            call(argmax)
    assert not argmax(SCORES.float().requires_grad_(), 1).requires_grad
    assert argmax(torch.tensor([1.0, 3.0])) == 1
