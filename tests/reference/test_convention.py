"""The conventions of counting: which there are, what they say, which contradict themselves."""

from itertools import product

import pytest

from reference import Convention, all_conventions


def test_every_convention_is_listed_once():
    listed = all_conventions()
    options = product((False, True), (False, True), (0, 2, 4), *[(False, True)] * 5)
    assert len(set(listed)) == len(listed)
    assert set(listed) == set(filter(None, map(possible, options)))


def possible(options):
    """Return the convention with these options, or None if they contradict each other."""
    biases, bias_connections, _, *outputs, layer_connections = options
    if (bias_connections and not biases) or (layer_connections and not any(outputs)):
        return None
    return Convention(*options)


def test_the_plainest_convention_comes_first():
    assert all_conventions()[0] == Convention()
    options = [sum(map(bool, vars(convention).values())) for convention in all_conventions()]
    assert options == sorted(options)


def test_each_convention_reads_differently():
    texts = {convention.describe() for convention in all_conventions()}
    assert len(texts) == len(all_conventions())
    assert not any("\n" in text for text in texts)


def test_words_for_the_plainest_and_for_the_fullest():
    fullest = Convention(*[True] * 2, 4, *[True] * 5)
    assert Convention().describe() == "convolutions without biases"
    assert fullest.describe() == (
        "convolutions with biases and their connections; 4 numbers a channel of BatchNorm; "
        "outputs of pooling, upsampling, BatchNorm and ReLU and their connections"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bias_connections": True}, "bias_connections=True, but should be False unless biases"),
        ({"layer_connections": True}, "layer_connections=True, but should be False unless"),
        ({"batchnorm_parameters": 3}, "batchnorm_parameters=3, but should be 0, 2 or 4"),
    ],
)
def test_contradictions_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Convention(**options)
