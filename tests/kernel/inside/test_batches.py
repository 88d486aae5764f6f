"""The quick mode: which loops are cut, and that everything else stays as it was."""

import ast
import builtins

import pytest
import torch
from colab_world import batches
from torch.utils.data import DataLoader, TensorDataset


def run(source, *, quick=True, **names):
    """Run a cell with loops over batches cut to two."""
    transformer = batches.Batches(2, quick=quick)
    tree = ast.fix_missing_locations(transformer.visit(ast.parse(source)))
    names[batches.HELPER] = transformer.helper
    exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - our own text
    return names


@pytest.mark.parametrize(
    "loop",
    [
        "for batch in get_batch(9): seen.append(batch)",
        "for i, batch in enumerate(get_batch(9)): seen.append(batch)",
        "for batch in tqdm(train_loader): seen.append(batch)",
        "for batch in self.train_loader: seen.append(batch)",
        "for i in range(9):\n    seen.append(i)\n    loss.backward()",
        "for i in range(9):\n    if i >= 0:\n        seen.append(i)\n        optimizer.step()",
    ],
)
def test_a_loop_over_batches_ends_after_two(loop):
    class Thing:
        train_loader = iter(range(9))
        backward = step = staticmethod(lambda: None)

    thing = Thing()
    found = run(
        f"seen = []\n{loop}", get_batch=lambda n: iter(range(n)), tqdm=lambda x: x, self=thing,
        train_loader=list(range(9)), loss=thing, optimizer=thing,
    )  # fmt: skip
    assert found["seen"] == [0, 1]


@pytest.mark.parametrize(
    "loop",
    [
        "for size in batch_sizes: seen.append(size)",
        "for i in range(batch_size): seen.append(i)",
        "for name in parameters: seen.append(name)",
        "for i in range(5):\n    seen.append(i)\n    for x in xs:\n        loss.backward()",
        "for i in range(5):\n    seen.append(i)\n    def f():\n        loss.backward()",
    ],
)
def test_other_loops_run_to_their_end(loop):
    five = list(range(5))
    found = run(f"seen = []\n{loop}", batch_sizes=five, batch_size=5, parameters=five, xs=[])
    assert found["seen"] == five


@pytest.mark.parametrize(
    "loop",
    [
        "for batch in get_batch(9): seen.append(batch)",
        "for i, batch in enumerate(get_batch(9)): seen.append(batch)",
        "for batch, _ in zip(get_batch(9), range(9)): seen.append(batch)",
        "for x in numbers(9):\n    seen.append(x)\n    optimizer.step()",
    ],
)
def test_without_the_quick_mode_generators_of_batches_end_after_two(loop):
    class Optimizer:
        step = staticmethod(lambda: None)

    def numbers(count):
        yield from range(count)

    found = run(
        f"seen = []\n{loop}", quick=False, get_batch=numbers, numbers=numbers, optimizer=Optimizer
    )
    assert found["seen"] == [0, 1]


@pytest.mark.parametrize(
    "loop",
    [
        "for size in batches: seen.append(size)",
        "for i, size in enumerate(batches): seen.append(size)",
        "for batch in train_loader: seen.append(batch)",
        "for i in range(5):\n    seen.append(i)\n    loss.backward()",
    ],
)
def test_without_the_quick_mode_lists_and_loaders_run_to_their_end(loop):
    class Loss:
        backward = staticmethod(lambda: None)

    five = list(range(5))
    names = {"batches": five, "train_loader": five, "loss": Loss}
    assert run(f"seen = []\n{loop}", quick=False, **names)["seen"] == five


def test_a_data_loader_gives_two_small_batches(monkeypatch):

    original = DataLoader.__iter__
    monkeypatch.setattr(DataLoader, "__iter__", batches._few(2, original))
    loader = DataLoader(TensorDataset(torch.arange(100.0)), batch_size=40, drop_last=True)
    assert [len(batch) for (batch,) in loader] == [8, 8]
    assert [len(batch) for (batch,) in loader] == [8, 8]  # again in the next epoch


def test_the_name_of_the_helper_is_no_name_of_a_notebook():
    assert batches.HELPER not in vars(builtins)
