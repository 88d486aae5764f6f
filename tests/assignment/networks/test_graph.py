"""What is made of a trace, and what of one that was forged."""

import pytest

from grader.assignment.networks.graph import INPUT, UNKNOWN, Node, Unreadable, read

SHAPE = (2, 1, 8, 8)


def entry(op, inputs, shape=(2, 4, 8, 8), **attributes):
    return {
        "op": op,
        "inputs": inputs,
        "shape": list(shape),
        "parameters": ["conv.0"] if op == "conv2d" else [],
        "attributes": attributes,
        "by": "",
    }


def values(*entries, **others):
    slots = {"conv.0.weight": {"shape": [4, 1, 3, 3], "name": "w"}}
    return {"trace": list(entries), "slots": slots, **others}


CONV = entry("conv2d", [INPUT])


def test_a_trace_becomes_nodes_and_shapes():
    graph = read(values(CONV, entry("relu", [0], inplace=True)), SHAPE)
    assert graph.nodes[1] == Node("relu", (0,), (2, 4, 8, 8), "", "", {"inplace": True})
    assert graph.slots == {"conv.0.weight": (4, 1, 3, 3)}
    assert graph.output == 1
    assert graph.shape(INPUT) == SHAPE
    assert graph.shape(UNKNOWN) is None


def test_only_what_the_output_is_made_of_is_needed():
    graph = read(values(CONV, entry("relu", [0]), entry("tanh", [0]), output_node=1), SHAPE)
    assert graph.needed() == [0, 1]


@pytest.mark.parametrize(
    "forged",
    [
        {},
        {"trace": [], "slots": {}},
        {"trace": "conv2d", "slots": {}},
        {"trace": [1, 2], "slots": {}},
        {"trace": [CONV], "slots": [1]},
        {"trace": [CONV], "slots": {"conv.0.weight": {"shape": [1 << 50]}}},
        {"trace": [CONV], "slots": {"conv.0.weight": {"shape": [-1, 2]}}},
        {"trace": [CONV] * 401, "slots": {}},
        values(CONV, output_node=1),
        values(CONV, output_node=-1),
        values(CONV, output_node="?"),
        values(CONV, output_node=True),
        values(entry("relu", [0])),
        values(entry("relu", [1]), CONV),
        values(CONV, entry("relu", [-1])),
        values(CONV, entry("relu", ["y"])),
        values(CONV, entry("relu", [0.0])),
        values(CONV, entry("cat", [0] * 17)),
        values({**CONV, "shape": [2, 4, 8, None]}),
        values({**CONV, "shape": [1] * 9}),
        values({**CONV, "attributes": [1]}),
    ],
    ids=lambda forged: str(forged)[:60],
)
def test_a_forged_trace_is_refused(forged):
    with pytest.raises(Unreadable):
        read(forged, SHAPE)


def seen(*entries):
    """Return what the last of these operations on a convolution's output seems to be."""
    return read(values(CONV, *entries), SHAPE).nodes[-1]


@pytest.mark.parametrize(
    ("entries", "op"),
    [
        ([entry("expand", [0], (2, 4, 8, 2)), entry("kron", [1], (2, 4, 16, 16))], "interpolate"),
        ([entry("view", [0], (2, 4, 4, 2, 4, 2)), entry("amax", [1], (2, 4, 4, 4))], "max_pool2d"),
        ([entry("view", [0], (2, 4, 4, 2, 4, 2)), entry("mean", [1], (2, 4, 4, 4))], "avg_pool2d"),
        ([entry("__gt__", [0]), entry("mul", [0, 1])], "relu"),
        ([entry("zeros_like", [0]), entry("maximum", [0, 1])], "relu"),
        ([entry("gt", [0]), entry("where", [1, 0])], "relu"),
    ],
)  # fmt: skip
def test_layers_by_hand_are_recognised(entries, op):
    node = seen(*entries)
    assert node.op == op
    assert node.inputs == (0,)


@pytest.mark.parametrize(
    "entries",
    [
        [entry("mul", [0])],  # by a number
        [entry("mul", [0, UNKNOWN])],
        [entry("__getitem__", [0], (2, 4, 4, 4))],  # each second pixel is no pooling
        [entry("view", [0], (2, 2, 16, 8))],
        [entry("pad", [0], (2, 4, 10, 10))],
        [entry("__gt__", [0]), entry("mul", [INPUT, 1], SHAPE)],  # made of two tensors
    ],
)
def test_other_operations_stay_what_they_are(entries):
    assert seen(*entries).op == entries[-1]["op"]
