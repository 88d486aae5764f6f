"""A forged trace costs no more than an honest one: what is followed grows with its length."""

import time

import numpy as np
import pytest

from grader.assignment.networks import architecture, graph, twin

SECONDS = 30  # of processor time; each takes a fraction of one


@pytest.fixture(autouse=True)
def quick():
    started = time.process_time()
    yield
    assert time.process_time() - started < SECONDS


def entry(op, inputs, shape=(1, 4, 8, 8), **more):
    return {
        "op": op, "inputs": list(inputs), "shape": list(shape), "parameters": [], "attributes": {},
        "by": "", **more,
    }  # fmt: skip


def conv(inputs, number):
    return entry("conv2d", inputs, parameters=[f"conv.{number}"], attributes={"padding": 1})


def read(entries, slots=2):
    shapes = {f"conv.{n}.weight": {"shape": [4, 4, 3, 3], "name": ""} for n in range(slots)}
    return graph.read({"trace": entries, "slots": shapes}, (1, 4, 8, 8))


@pytest.mark.parametrize("levels", [8, 40, 120])
def test_joins_within_joins(levels):
    """Each level joins two paths from the level before: 2^levels ways through."""
    entries = [conv(["x"], 0)]
    for _ in range(levels):
        last = len(entries) - 1
        entries += [entry("relu", [last]), entry("sigmoid", [last])]
        entries.append(entry("add", [last + 1, last + 2]))
    last = len(entries) - 1
    found = architecture.read(read([*entries, conv([last], 1)]))
    assert len(found.convs) == 2


@pytest.mark.parametrize("width", [8, 16])
def test_wide_joins_within_joins(width):
    entries = [conv(["x"], 0)]
    for _ in range(20):
        last = len(entries) - 1
        entries += [entry("relu", [last]) for _ in range(7)]
        entries.append(entry("cat", range(last + 1, last + 8), attributes={"dim": 1}))
    last = len(entries) - 1
    assert len(architecture.read(read([*entries, conv([last], 1)])).convs) == 2


@pytest.mark.parametrize("window", [10**6, 10**18, [10**9] * 16, [3] * 10**5])
def test_a_pooling_window_of_any_size(window):
    pool = entry("max_pool2d", [0], attributes={"kernel_size": window, "padding": 0})
    with pytest.raises(twin.NoTwin):
        twin.run(read([conv(["x"], 0), pool]), arrays())


@pytest.mark.parametrize(
    ("op", "args"),
    [
        ("repeat", [{"input": 0}, 10**6, 10**6, 1, 1]),
        ("pad", [{"input": 0}, [10**9] * 4]),
        ("lp_pool2d", [{"input": 0}, 2, 10**9]),
        ("repeat_interleave", [{"input": 0}, 10**12]),
        ("randn", [[10**6, 10**6]]),
        ("mul", [{"input": 0}, {"full": 1.0, "shape": [10**9, 10**9]}]),
        ("mul", [{"input": 5}, 2.0]),
        ("system", ["true"]),
        ("__getitem__", [{"input": 0}, {"slice": [0, 1]}]),
    ],
)
def test_operations_that_would_cost_memory_are_not_run(op, args):
    forged = entry(op, [0], attributes={"args": args, "kwargs": {}})
    with pytest.raises(twin.NoTwin):
        twin.run(read([conv(["x"], 0), forged]), arrays())


def arrays():
    rng = np.random.default_rng(0)
    return {
        "input": rng.uniform(size=(1, 4, 8, 8)),
        "conv": rng.uniform(-1, 1, (8, 200)),
        "norm": rng.uniform(-1, 1, (8, 200)),
    }
