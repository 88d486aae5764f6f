"""How a BatchNorm may be set up in another way than torch's own."""

from dataclasses import replace

import pytest

from grader.assignment.networks import norms
from grader.assignment.networks.architecture import Norm, diagram
from grader.assignment.networks.diagnosis import Departure

CNN = diagram("CNN", (3, 32, 24, 1))

NORMS = [
    (
        Norm(0, "norm.0", learns=False),
        (
            "batchnorm_not_affine",
            "block 1",
            "BatchNorm with a weight and a bias to learn",
            "BatchNorm with affine=False, which has neither",
        ),
    ),
    (
        Norm(-1, "norm.0", tracks=False),
        (
            "cheats_eval",
            "the input",
            "BatchNorm that keeps running statistics for eval mode",
            "BatchNorm without them (track_running_stats=False, or a function without buffers)",
        ),
    ),
    (
        Norm(1, "norm.1", training=False),
        (
            "batchnorm_frozen",
            "block 2",
            "BatchNorm that takes the batch's own mean and variance in train mode",
            "BatchNorm that takes its running statistics, as in eval mode",
        ),
    ),
    (
        Norm(2, "norm.2", eps=1e-3, momentum=0.5),
        (
            "batchnorm_settings",
            "block 3",
            "BatchNorm with torch's own eps=1e-05, momentum=0.1",
            "BatchNorm with eps=0.001, momentum=0.5",
        ),
    ),
    (
        Norm(2, "norm.2", momentum=0.5),
        (
            "batchnorm_settings",
            "block 3",
            "BatchNorm with torch's own momentum=0.1",
            "BatchNorm with momentum=0.5",
        ),
    ),
]


@pytest.mark.parametrize(("norm", "said"), NORMS)
def test_a_batchnorm_is_described(norm, said):
    assert list(norms.departures(replace(CNN, norms=(norm,)), training=True)) == [Departure(*said)]


def test_in_eval_mode_a_batchnorm_takes_its_statistics():
    network = replace(CNN, norms=(Norm(0, "norm.0", training=False, momentum=0.5),))
    assert list(norms.departures(network, training=False)) == []
