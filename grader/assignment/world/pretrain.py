"""Pretrains the small DeepLabV3: ``python -m grader.assignment.world.pretrain``."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from grader.assignment.world.deeplab import StandInDeepLab
from grader.assignment.world.shapes import draw_shapes

STEPS = 1200
BATCH = 24
LEARNING_RATE = 3e-3
AUX_WEIGHT = 0.4
# Heights that notebooks and checks hand in; the last is what the assignment resizes to.
HEIGHTS = (64, 96, 128, 224)
HEIGHT_SHARES = (0.4, 0.25, 0.25, 0.1)


def pretrain(steps: int, seed: int, report: bool = False) -> StandInDeepLab:
    """Train a fresh network on shapes, on one thread, so that the result is the same each time.

    Args:
        steps: the number of optimizer steps, 1 or more.
        seed: seeds the weights, the pictures and dropout.
        report: whether to write progress to the standard error stream.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = StandInDeepLab()
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    started = time.monotonic()
    for step in range(steps):
        loss = _shape_loss(model, rng)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if report and step % 50 == 0:
            seconds = time.monotonic() - started
            sys.stderr.write(f"step {step}  loss {loss.item():.3f}  {seconds:.0f} s\n")
    return model


def _shape_loss(model: StandInDeepLab, rng: np.random.Generator) -> Tensor:
    height = int(rng.choice(HEIGHTS, p=HEIGHT_SHARES))
    pictures, labels = draw_shapes(BATCH, rng)
    images = torch.from_numpy(pictures)
    if height != images.shape[-1]:
        images = F.interpolate(images, size=(height, height), mode="bilinear", align_corners=False)
    features = model.backbone(images)
    target = torch.from_numpy(labels)
    loss: Tensor = _loss_at(model.classifier(features["out"]), target)
    return loss + AUX_WEIGHT * _loss_at(model.aux_classifier(features["aux"]), target)


def _loss_at(scores: Tensor, labels: Tensor) -> Tensor:
    """Return the cross-entropy at the resolution of the labels, whatever the pictures' was."""
    full = F.interpolate(scores, size=labels.shape[1:], mode="bilinear", align_corners=False)
    return F.cross_entropy(full, labels)


def save_weights(model: StandInDeepLab, path: Path) -> None:
    """Write the state to a safetensors file, floating numbers in float16 to keep it small."""
    state = {
        name: (value.half() if value.is_floating_point() else value).contiguous()
        for name, value in model.state_dict().items()
    }
    save_file(state, path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Pretrain and write the weights to ``--out``."""
    parser = argparse.ArgumentParser(
        description=__doc__, prog="python -m grader.assignment.world.pretrain"
    )
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("deeplab.safetensors"))
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    save_weights(pretrain(options.steps, options.seed, report=True), options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
