"""What a notebook's loops need is read from its code; and with that much data they run."""

import ast
import contextlib
import io
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import grader.kernel.colab
from examples.notebook_builder import RIGHT
from grader.assignment.world.building import build_world
from grader.assignment.world.needs import ALL, FLOWERS, HORSES, ROWS, Needs
from grader.assignment.world.notebook_needs import needs_of

sys.path.insert(0, str(Path(grader.kernel.colab.__file__).parent / "inside"))
from colab_world import rows

SIZES = (1, 5, 10, 20, 30, 50, 100, 128, 200, 250, 256, 300, 500, 1000)
LOADER = (RIGHT["load_batch"], RIGHT["load_cifar10"])
PART_C = "loader = data.DataLoader(flowers, batch_size=n, drop_last=True)"

# How a notebook may name its batch sizes, given a list of them.
FORMS = {
    "dict": lambda sizes: [f"args.update({{'batch_size': {n}}})\ntrain(args)" for n in sizes],
    "attribute": lambda sizes: [f"args.batch_size = {n}\ntrain(args)" for n in sizes],
    "item": lambda sizes: [f"args['batch_size'] = {n}\ntrain(args)" for n in sizes],
    "keyword": lambda sizes: [f"train(AttrDict(batch_size={n}))" for n in sizes],
    "setattr": lambda sizes: [f"setattr(args, 'batch_size', {n})" for n in sizes],
    "loop": lambda sizes: [f"for n in {sizes}:\n    args.batch_size = n\n    train(args)"],
    "numbered loop": lambda sizes: [f"for i, b in enumerate({sizes}):\n    args.batch_size = b"],
    "named list": lambda sizes: [
        f"choices = {tuple(sizes)}", "for n in choices:\n    args['batch_size'] = n"
    ],
    "indexed": lambda sizes: [
        f"tried = {sizes}", "for i in range(len(tried)):\n    args.batch_size = tried[i]"
    ],
    "grown list": lambda sizes: [
        "sizes = []", *(f"sizes.append({n})" for n in sizes),
        "for s in sizes:\n    args.batch_size = s",
    ],
    "function": lambda sizes: [
        "def study(n, rate=0.1):\n    args.batch_size = n\n    train(args)",
        *(f"study({n})" for n in sizes),
    ],
    "keyword of a function": lambda sizes: [
        "def study(rate, batch_size=100):\n    train(rate, batch_size)",
        *(f"study(0.1, batch_size={n})" for n in sizes),
    ],
    "direct": lambda sizes: [
        "def get_batch(x, y, batch_size):\n    yield x",
        *(f"for xs in get_batch(train_grey, train_cat, {n}):\n    step(xs)" for n in sizes),
    ],
    "comprehension": lambda sizes: [f"runs = [train(AttrDict(batch_size=n)) for n in {sizes}]"],
    "unpacked": lambda sizes: [f"batch_size, rate = {n}, 0.1\ntrain(args)" for n in sizes],
    "constant": lambda sizes: [f"BATCH_SIZE = {n}\nargs.batch_size = BATCH_SIZE" for n in sizes],
    "argparse": lambda sizes: [
        f"parser.add_argument('--batch_size', type=int, default={n})" for n in sizes
    ],
    "shell line": lambda sizes: [f"!nvidia-smi\n%cd x\nargs.batch_size = {n}" for n in sizes],
    "python 2": lambda sizes: [f"print 'batch'\nargs.batch_size = {n}" for n in sizes],
    "python 2 loop": lambda sizes: [
        f"for n in {sizes}:\n    print 'batches of', n\n    args.batch_size = n\n    train(args)"
    ],
}  # fmt: skip
sizes_drawn = st.lists(st.sampled_from(SIZES), min_size=1, max_size=4)


@given(sizes_drawn, st.sampled_from(sorted(FORMS)))
def test_no_batch_size_leaves_a_part_that_the_real_data_does_not_leave(sizes, form):
    needs = needs_of([*LOADER, PART_C, *FORMS[form](sizes)])
    assert HORSES >= needs.horses >= max(100, *sizes)
    for size in sizes:
        if HORSES % size == 0:
            assert needs.horses % size == 0, (form, size)
    assert needs.rows == 2 * needs.horses


def test_the_handouts_own_notebook_needs_little():
    assert needs_of([*RIGHT.values()]) == Needs(100, 32, 200)


UNTOLD = {
    "computed": "args.batch_size = 2 ** power",
    "multiplied": "args.batch_size *= 2",
    "asked": "args.batch_size = int(input())",
    "half of the data": "middle = len(train_grey) // 2",
    "a share of the data": "cut = int(0.9 * train_grey.shape[0])",
    "a share, by numpy": "cut = int(np.shape(xs)[0] * 0.8)",
    "split by a library": "a, b = train_test_split(train_grey, test_size=0.1)",
    "subsets": "a, b = data.random_split(flowers, [200, 56])",
}


@pytest.mark.parametrize("code", UNTOLD.values(), ids=UNTOLD.keys())
def test_what_cannot_be_told_gets_all_horses(code):
    assert needs_of([*LOADER, PART_C, code]).horses == HORSES


def test_indices_are_there():
    assert needs_of([*LOADER, "show(train_rgb[150])"]).horses == 200
    assert needs_of([*LOADER, "few = train_grey[:400]"]).horses == 400
    for code in (
        "plot_prediction(args, model, True, index_list=[0, 9, 70])",
        "plot_prediction(args, model, True, [0, 9, 70])",
        "index_list = [3, 70]",
        "small = data.Subset(flowers, range(70))",
        "print(masks[70])",
    ):
        assert needs_of([*LOADER, PART_C, code]).flowers == 71, code
    assert needs_of([*LOADER, PART_C, "plt.plot([5, 10, 50, 100], seconds)"]).flowers == 32


def test_flowers_without_a_loader_that_keeps_short_batches_are_all_there():
    assert needs_of([*LOADER, "args.batch_size = 10"]).flowers == FLOWERS


@pytest.mark.parametrize(
    "code",
    [
        "assert len(x_train) == 50000",
        "rows = npr.permutation(10000)",
        "def load(path):\n    return read(path + '/data_batch_1')",
        "def load(path):\n    x = np.empty((5 * 10000, 3, 32, 32))\n    return 'data_batch_1'",
    ],
)
def test_all_rows_are_there_unless_the_loader_alone_says_how_many(code):
    assert needs_of([*LOADER, code]).rows == ROWS


@pytest.mark.parametrize(
    "cells",
    [
        ["x = " + "(" * 5000],
        ["\0"],
        ["-" * 100_000 + "1"],
        ["batch" + "[1, " * 50_000],
        ["a = [" * 20_000],
        ["args.batch_size = 10\n" * 30_000],
        [*[f"n{i + 1} = n{i}" for i in range(300)][::-1], "args.batch_size = n300"],
    ],
)
def test_strange_code_is_no_error(cells):
    assert needs_of(cells).horses in range(100, HORSES + 1)


def test_a_long_chain_of_names_counts_as_computed():
    chain = [f"n{i + 1} = n{i}" for i in range(60)]
    assert needs_of([*chain, "n0 = 10", "args.batch_size = n60"]).horses == HORSES


# The handout's loops, in our words, over a world that was made for them.

HELPERS = ("load_batch", "load_cifar10", "colour_helpers", "batch_helpers", "compute_loss",
           "run_validation_step")  # fmt: skip
ONE_RUN = """
cnn = nn.Conv2d(1, 24, 1)
for size in SIZES:
    args.batch_size = size
    for xs, ys in get_batch(train_grey, train_rgb_cat, args.batch_size):
        images, labels = get_torch_vars(xs, ys, args.gpu)
        loss = compute_loss(nn.CrossEntropyLoss(), cnn(images), labels, args.batch_size, 24)
    run_validation_step(cnn, nn.CrossEntropyLoss(), test_grey, test_rgb_cat, size, colours)
"""


def run(cell: str, names: dict, rows_: int) -> None:
    tree = ast.parse(cell)
    if rows_ < ROWS:
        tree = ast.fix_missing_locations(rows.Rows(rows_).visit(tree))
    exec(compile(tree, "<cell>", "exec"), names)  # noqa: S102 - our own text


def names_of_a_notebook() -> dict:
    class Args(dict):
        __getattr__ = dict.__getitem__
        __setattr__ = dict.__setitem__

    return {
        "np": np, "npr": np.random.RandomState(0), "os": os, "sys": sys, "torch": torch,
        "nn": torch.nn, "Variable": torch.autograd.Variable, "pickle": __import__("pickle"),
        "args": Args(gpu=False), "get_file": lambda name, **_: f"data/{name}",
    }  # fmt: skip


@hypothesis_settings(max_examples=8)
@given(st.lists(st.sampled_from([n for n in SIZES if HORSES % n == 0 and n > 1]), max_size=3))
def test_the_handouts_loops_run_with_every_size_at_once(small_worlds, sizes):
    cells = [RIGHT[name] for name in (*HELPERS, "load_data")]
    needs = needs_of([*cells, f"for size in {sizes}:\n    args.batch_size = size"])
    world = build_world(small_worlds, needs)
    with contextlib.chdir(world), contextlib.redirect_stdout(io.StringIO()):
        names = names_of_a_notebook()
        for cell in cells:
            run(cell, names, rows.rows_in(world))
        assert len(names["train_rgb"]) == len(names["test_rgb"]) == needs.horses
        assert names["x_train"].shape == (5 * needs.rows, 3, 32, 32)
        run(ONE_RUN.replace("SIZES", repr([100, *sizes])), names, ROWS)


@pytest.fixture(scope="module")
def small_worlds(world: Path) -> Path:
    return world


def test_a_small_world_shares_what_the_whole_has(world):
    small = build_world(world, Needs(100, 40, 200))
    assert build_world(world, Needs(100, 40, 200)) == small != world
    assert rows.rows_in(small) == 200
    assert rows.rows_in(world) == ROWS
    for name in ("data/colours/colour_kmeans24_cat7.npy", "jpg/image_0680.jpg", "17flowers.tgz"):
        assert (small / name).read_bytes() == (world / name).read_bytes()
    assert build_world(world, ALL) == world


@pytest.mark.parametrize("marker", [None, "no json", "[]", '{"rows": "7"}', "{}"])
def test_a_folder_that_does_not_say_has_all_rows(tmp_path, marker):
    if marker is not None:
        (tmp_path / rows.MARKER).write_text(marker)
    assert rows.rows_in(tmp_path) == ROWS
