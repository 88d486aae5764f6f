"""What real notebooks of 2020 have that makes them dear: they read with OpenCV, train and plot.

The pieces of `examples.notebook_builder` read, train and plot as real notebooks do. What differs
from one to the next is drawn here at random, in the proportions that were counted in some fifty
public notebooks: UNet is trained up to five times with other batch sizes, CNN perhaps twice, the
batches of Part C differ, and 1.3 to 3 MB of pictures lie in the file, whose kernel is mostly
called `python2`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from examples.notebook_builder import RIGHT, Notebook, build_notebook, with_pictures
from examples.saved_outputs import ordinary_outputs

# Batch sizes of the further UNet runs, as often as they were seen, about.
SIZES = (10, 10, 50, 50, 5, 20, 200, 250, 300, 500, 1000, 30, 256, 1, 128)
RUNS = (0, 1, 1, 2, 2, 2, 3, 4)
FLOWER_BATCHES = ((128, 256),) * 6 + ((64, 64), (32, 64), (128, 128))
KERNELS = ("python2",) * 5 + ("python3",)
LEAVES_PART = 5000  # horses; sizes that do not divide them need a loss that asks the batch

ASKS_THE_BATCH = RIGHT["compute_loss"].replace(
    '    scores =', '    batch_size = outputs.size(0)\n    scores ='
)  # fmt: skip
ONE_BY_ONE = """\
args.batch_size = {size}
args.experiment_name = 'colourization_unet_{size}'
unet_{size} = train(args)
"""
LOOP = """\
for size in {sizes}:
    print('batches of', size)
    args.batch_size = size
    args.experiment_name = 'colourization_unet_%d' % size
    train(args)
"""
AGAIN = """\
cnn = train(args)
# %%
args.learn_rate = 0.001
args.experiment_name = 'colourization_cnn_slow'
cnn = train(args)
"""


def pieces(rng: random.Random) -> dict[str, str]:
    """Return the pieces of one notebook that reads, trains and plots as real ones do."""
    sizes = sorted(set(rng.choices(SIZES, k=rng.choice(RUNS))))
    train, val = rng.choice(FLOWER_BATCHES)
    settings = RIGHT["args_part_c"].replace("': 128", f"': {train}").replace("': 256", f"': {val}")
    found = {
        "args_part_c": settings,
        **_further_runs(sizes, loop=rng.random() < 0.5),
    }
    if any(LEAVES_PART % size or 1000 % size for size in sizes):
        found["compute_loss"] = ASKS_THE_BATCH
    if rng.random() < 0.3:
        found["run_cnn"] = AGAIN
    return found


def _further_runs(sizes: Sequence[int], *, loop: bool) -> dict[str, str]:
    if loop and sizes:
        text = LOOP.format(sizes=list(sizes))
    else:
        text = "\n# %%\n".join(ONE_BY_ONE.format(size=size) for size in sizes)
    return {"train_unet_batch_10": text, "train_unet_batch_50": ""}


def notebook(changes: dict[str, str], rng: random.Random) -> Notebook:
    """Return a notebook with saved outputs and pictures, as large as real ones are."""
    made = build_notebook(
        changes,
        outputs=ordinary_outputs(seed=rng.randrange(1000)),
        minor=rng.randrange(2),
        kernel=rng.choice(KERNELS),
    )
    return with_pictures(made, rng.uniform(1.3, 3.0))
