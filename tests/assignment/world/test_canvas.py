"""Shapes cover the area that geometry says, and noise is smooth."""

import numpy as np
import pytest

from grader.assignment.world import canvas


def area(distance: np.ndarray) -> float:
    return float(canvas.coverage(distance).sum())


def test_ellipse_covers_its_area():
    x, y = canvas.pixel_grid(64)
    assert area(canvas.ellipse(x - 32, y - 30, 20, 10)) == pytest.approx(np.pi * 200, rel=0.01)


def test_capsule_covers_two_half_discs_and_a_box():
    x, y = canvas.pixel_grid(64)
    distance = canvas.capsule(x, y, (20, 32), (44, 32), (6, 6))
    assert area(distance) == pytest.approx(np.pi * 36 + 24 * 12, rel=0.01)


def test_tapered_capsule_is_thicker_at_its_start():
    x, y = canvas.pixel_grid(64)
    covered = canvas.coverage(canvas.capsule(x, y, (16, 32), (48, 32), (8, 2)))[0]
    assert covered[:, 16].sum() > 3 * covered[:, 47].sum()


def test_union_covers_each_part_and_no_more():
    x, y = canvas.pixel_grid(64)
    left, right = canvas.ellipse(x - 16, y - 32, 8, 8), canvas.ellipse(x - 48, y - 32, 8, 8)
    assert area(canvas.union(left, right)) == pytest.approx(area(left) + area(right))


def test_paint_mixes_by_coverage_in_place():
    image = np.zeros((1, 3, 1, 2), dtype=np.float32)
    cover = np.array([[[0.0, 0.25]]], dtype=np.float32)
    canvas.paint(image, cover, np.float32([[[[1.0]], [[0.5]], [[0.0]]]]))
    assert image[0, :, 0, 0].tolist() == [0, 0, 0]
    assert image[0, :, 0, 1].tolist() == [0.25, 0.125, 0]


def test_noise_has_unit_scale_and_neighbours_alike():
    noise = canvas.smooth_noise(np.random.default_rng(0), 200, 32, 4)
    step = np.diff(noise, axis=2)
    assert noise.shape == (200, 32, 32)
    assert abs(noise.mean()) < 0.1
    assert 0.8 < noise.std() < 1.2
    assert step.std() < 0.25 * noise.std()


def test_noise_with_more_cells_changes_faster():
    steps = [
        np.diff(canvas.smooth_noise(np.random.default_rng(0), 50, 32, cells), axis=2).std()
        for cells in (2, 8)
    ]
    assert steps[1] > 2 * steps[0]


def test_bytes_are_rounded_and_clipped():
    assert canvas.to_uint8(np.float32([-1, 0, 0.5, 1, 2])).tolist() == [0, 0, 128, 255, 255]
