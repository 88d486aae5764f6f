"""Parts A and B: training a network to colour the horses of CIFAR-10.

The loop itself, `fit`, and `evaluate` are in `reference.learning`; both are offered here too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn import functional as F

from reference import figures
from reference.cifar10 import LabelledImages, load_cifar10
from reference.cnn import CNN
from reference.colours import category_colours, greyscale, load_colours, nearest_categories
from reference.device import choose_device
from reference.history import Epoch
from reference.learning import Evaluation, batches, compute_loss, evaluate, fit, predict
from reference.unet import UNet

__all__ = [
    "Evaluation",
    "Examples",
    "Settings",
    "batches",
    "colourings",
    "compute_loss",
    "evaluate",
    "fit",
    "predict",
    "process",
    "train",
]

HORSE_CATEGORY = 7
MAX_PIXEL = 256.0
COARSE_BLOCK = 4  # pixels that `downsize_input` merges, along each side

NETWORKS: dict[str, type[CNN] | type[UNet]] = {"CNN": CNN, "UNet": UNet}


@dataclass
class Settings:
    """Settings of one run of `train`; any object with these attributes will do.

    Attributes:
        gpu: use a GPU if there is one.
        valid: only measure the weights in `checkpoint`, without training.
        checkpoint: file of weights, read if `valid`, else written; empty for none.
        colours: the course's file of colours.
        model: "CNN" or "UNet".
        kernel: side of the convolution kernels, odd.
        num_filters: channels of the narrow blocks.
        learn_rate: of Adam.
        batch_size: images a step.
        epochs: passes over the training images.
        seed: of the weights and of the order of the images.
        plot: write the learning curve to `outputs/<experiment_name>/`.
        experiment_name: folder for pictures.
        visualize: write some colourings there as well.
        downsize_input: average the grey input over blocks of 4×4 pixels; the target stays sharp.
    """

    gpu: bool = True
    valid: bool = False
    checkpoint: str = ""
    colours: str = "data/colours/colour_kmeans24_cat7.npy"
    model: str = "CNN"
    kernel: int = 3
    num_filters: int = 32
    learn_rate: float = 0.001
    batch_size: int = 100
    epochs: int = 25
    seed: int = 0
    plot: bool = True
    experiment_name: str = "colourization"
    visualize: bool = False
    downsize_input: bool = False


class Examples(NamedTuple):
    """Grey images, float32 (N, 1, H, W), and their pixels' categories, int64 (N, H, W)."""

    greys: Tensor
    categories: Tensor


def process(data: LabelledImages, colours: Tensor, downsize_input: bool = False) -> Examples:
    """Return the horses among labelled images as examples; pixels are divided by 256."""
    images, labels = data
    horses = torch.from_numpy(images[labels == HORSE_CATEGORY]).float() / MAX_PIXEL
    greys = greyscale(horses)
    if downsize_input:
        greys = F.interpolate(F.avg_pool2d(greys, COARSE_BLOCK), scale_factor=COARSE_BLOCK)
    return Examples(greys, nearest_categories(horses, colours))


def train(
    args: Settings,
    cnn: nn.Module | None = None,
    *,
    root: str | Path = ".",
    report: Callable[[Epoch], None] = print,
) -> nn.Module:
    """Train a network to colour the horses of CIFAR-10, and return it.

    Args:
        args: the settings of the run.
        cnn: a network to train further; None for a new one as `args` says.
        root: folder that holds `data/cifar-10-batches-py`; the paths in `args` start here, and
            pictures go to `outputs/<experiment_name>/` below it.
        report: called after each epoch with its losses and its pixel accuracy; if `args.valid`,
            once, for an epoch 0 without a training loss (nan).

    Raises:
        ValueError: an unknown model, or data without a horse.
        FileNotFoundError: the data or the checkpoint is missing.
    """
    if args.model not in NETWORKS:
        raise ValueError(f"model={args.model!r}, but should be one of {sorted(NETWORKS)}")
    root = Path(root)
    torch.manual_seed(args.seed)
    colours = load_colours(root / args.colours)
    training, held_out = (
        process(data, colours, args.downsize_input)
        for data in load_cifar10(root / "data" / "cifar-10-batches-py")
    )
    if cnn is None:
        cnn = NETWORKS[args.model](args.kernel, args.num_filters, len(colours), 1)
    cnn.to(choose_device(args.gpu))
    checkpoint = root / args.checkpoint if args.checkpoint else None
    pictures = root / "outputs" / args.experiment_name
    if args.valid:
        if checkpoint is not None:
            cnn.load_state_dict(torch.load(checkpoint, weights_only=True))
        report(Epoch(0, nan, *evaluate(cnn, *held_out)))
    else:
        history = _learn(cnn, training, held_out, args, report)
        if checkpoint is not None:
            checkpoint.parent.mkdir(parents=True, exist_ok=True)
            torch.save(cnn.state_dict(), checkpoint)
        if args.plot:
            curve = figures.learning_curve(history, "pixel accuracy")
            figures.save(curve, pictures / "learning_curve.png")
    if args.visualize:
        figures.save(colourings(cnn, held_out, colours), pictures / "colourings.png")
    return cnn


def colourings(model: nn.Module, examples: Examples, colours: Tensor, columns: int = 8) -> Figure:
    """Return a figure of the first images: grey, in their true categories, and as predicted."""
    greys, categories = examples.greys[:columns], examples.categories[:columns]
    rows = {
        "input": greys,
        "target": category_colours(categories, colours),
        "prediction": category_colours(predict(model, greys), colours),
    }
    return figures.gallery(rows, columns)


def _learn(
    model: nn.Module,
    training: Examples,
    held_out: Examples,
    args: Settings,
    report: Callable[[Epoch], None],
) -> list[Epoch]:
    """Train `model`, evaluating it after each epoch, and return how it went."""
    history: list[Epoch] = []

    def record(number: int, losses: list[float]) -> None:
        history.append(Epoch(number, fmean(losses), *evaluate(model, *held_out)))
        report(history[-1])

    fit(
        model,
        *training,
        epochs=args.epochs,
        batch_size=args.batch_size,
        learn_rate=args.learn_rate,
        seed=args.seed,
        after_epoch=record,
    )
    return history
