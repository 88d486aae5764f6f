"""The pictures: what they show, and that empty ones are refused."""

import pytest
import torch

from reference.figures import gallery, learning_curve
from reference.history import Epoch


def test_a_learning_curve_shows_both_losses_and_the_score():
    history = [Epoch(1, 2.0, 2.5, 0.25), Epoch(2, 1.0, 1.5, 0.5)]
    losses, scores = learning_curve(history, "pixel accuracy").axes
    lines = {line.get_label(): line.get_xydata().tolist() for line in losses.lines}
    assert lines == {"training": [[1, 2.0], [2, 1.0]], "validation": [[1, 2.5], [2, 1.5]]}
    assert scores.lines[0].get_xydata().tolist() == [[1, 25], [2, 50]]
    assert scores.get_ylabel() == "pixel accuracy (%)"


def test_a_gallery_shows_rows_of_colours_greys_and_masks():
    rows = {"grey": torch.rand(5, 1, 4, 6), "colour": torch.rand(4, 3, 4, 6)}
    rows["mask"] = torch.eye(4, 6).long().expand(4, 4, 6)
    axes = gallery(rows, columns=3).axes
    shapes = [axis.images[0].get_array().shape for axis in axes]
    assert shapes == [(4, 6)] * 3 + [(4, 6, 3)] * 3 + [(4, 6)] * 3
    assert [axis.get_title(loc="left") for axis in axes[::3]] == ["grey", "colour", "mask"]
    assert len(gallery(rows, columns=8).axes) == 3 * 4


@pytest.mark.parametrize("rows", [{}, {"none": torch.zeros(0, 1, 4, 4)}])
def test_a_gallery_of_nothing_is_refused(rows):
    with pytest.raises(ValueError, match="but each should have a picture at least"):
        gallery(rows)
