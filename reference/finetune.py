"""Part C: fine-tuning the last layer of a segmentation network."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reference import figures
from reference.device import choose_device, device_of
from reference.flowers import Batches, initialize_loader
from reference.history import Epoch
from reference.modes import evaluating

HEAD = "classifier.4"
HEAD_IN_CHANNELS = 256
CLASSES = 2  # background, flower


@dataclass
class Settings:
    """Settings of one run of `train`; any object with these attributes will do.

    Attributes:
        gpu: use a GPU if there is one.
        checkpoint_name: the weights with the best mean IoU are written to
            `outputs/<experiment_name>/<checkpoint_name>-best.ckpt`.
        learn_rate: of Adam.
        train_batch_size: images a step.
        val_batch_size: images a validation batch.
        epochs: passes over the training images.
        seed: of dropout and of the order of the images.
        plot: write the learning curve beside the weights.
        experiment_name: folder for weights and pictures.
    """

    gpu: bool = True
    checkpoint_name: str = "finetune"
    learn_rate: float = 0.005
    train_batch_size: int = 128
    val_batch_size: int = 256
    epochs: int = 10
    seed: int = 0
    plot: bool = True
    experiment_name: str = "segmentation"


class Evaluation(NamedTuple):
    """Mean cross-entropy a pixel, in nats, and mean IoU, from 0 to 1."""

    loss: float
    mean_iou: float


def learned_parameters(model: nn.Module) -> list[nn.Parameter]:
    """Return the parameters of the last layer, `classifier.4`, and no others.

    The whole beginning of the name must fit, so the auxiliary head's layer is not among them.

    >>> model = nn.ModuleDict({"classifier": nn.Sequential(*(nn.Linear(2, 2) for _ in range(5)))})
    >>> [parameter.shape for parameter in learned_parameters(model)]
    [torch.Size([2, 2]), torch.Size([2])]
    """
    return [
        parameter for name, parameter in model.named_parameters() if name.startswith(f"{HEAD}.")
    ]


def freeze(model: nn.Module) -> None:
    """Stop every parameter of `model` from learning; call it before `replace_head`."""
    for parameter in model.parameters():
        parameter.requires_grad_(False)


def replace_head(model: nn.Module) -> None:
    """Put a fresh layer, which learns, in place of `classifier.4`: 256 channels to two classes.

    It goes to the device of the model.

    Raises:
        AttributeError: `model` has no `classifier`.
        TypeError: its classifier is no `nn.Sequential`.
        IndexError: its classifier has no fifth layer.
    """
    classifier = model.get_submodule("classifier")
    if not isinstance(classifier, nn.Sequential):
        raise TypeError(f"classifier={classifier}, but should be an nn.Sequential")
    classifier[4] = nn.Conv2d(HEAD_IN_CHANNELS, CLASSES, kernel_size=1).to(device_of(model))


def compute_loss(scores: Tensor, masks: Tensor) -> Tensor:
    """Return the mean cross-entropy a pixel, in nats, as a tensor with a gradient.

    Args:
        scores: shape (N, 2, H, W), before softmax.
        masks: int64 of shape (N, H, W), 1 on the flower.
    """
    return F.cross_entropy(scores, masks)


def mean_iou(intersections: Tensor, unions: Tensor) -> float:
    """Return the mean over the classes of intersection over union.

    A class that is neither present nor predicted anywhere is left out of the mean; without any
    class the result is nan.

    Args:
        intersections: shape (classes,): pixels that are of the class and predicted so.
        unions: shape (classes,): pixels that are of the class or predicted so.

    >>> mean_iou(torch.tensor([30, 10]), torch.tensor([40, 20]))
    0.625
    >>> mean_iou(torch.tensor([50, 0]), torch.tensor([50, 0]))
    1.0
    """
    present = unions > 0
    return (intersections[present] / unions[present]).mean().item()


def evaluate(model: nn.Module, loader: Batches) -> Evaluation:
    """Measure `model` in evaluation mode; its mean IoU is that of all pixels taken together."""
    device = device_of(model)
    loss, pixels = 0.0, 0
    intersections, unions = torch.zeros(2, CLASSES, dtype=torch.int64)
    with evaluating(model):
        for images, masks in loader:
            scores = model(images.to(device))["out"].cpu()
            loss += F.cross_entropy(scores, masks, reduction="sum").item()
            pixels += masks.numel()
            for label in range(CLASSES):
                predicted, actual = scores.argmax(dim=1) == label, masks == label
                intersections[label] += (predicted & actual).sum()
                unions[label] += (predicted | actual).sum()
    return Evaluation(loss / pixels, mean_iou(intersections, unions))


def train_epoch(model: nn.Module, loader: Batches, optimizer: torch.optim.Optimizer) -> list[float]:
    """Take one step for each batch, in training mode, and return the batches' losses."""
    device = device_of(model)
    losses = []
    model.train()
    for images, masks in loader:
        optimizer.zero_grad()
        loss = compute_loss(model(images.to(device))["out"], masks.to(device))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def train(
    args: Settings,
    model: nn.Module,
    *,
    root: str | Path = ".",
    image_size: int = 224,
    report: Callable[[Epoch], None] = print,
) -> None:
    """Fine-tune the last layer of `model`, in place, on the flowers.

    Freezing the others and replacing the layer are up to the caller, beforehand. BatchNorm works
    in training mode, so its running statistics move although its parameters are frozen.

    Args:
        args: the settings of the run.
        model: a network whose output is a dict with the scores, (N, 2, H, W), as "out".
        root: folder with `jpg`, `trimaps` and `datasplits.mat`; `outputs` is made there.
        image_size: side of the square images, in pixels.
        report: called after each epoch with its losses and its mean IoU.

    Raises:
        FileNotFoundError: the data is missing.
    """
    torch.manual_seed(args.seed)
    outputs = Path(root) / "outputs" / args.experiment_name
    outputs.mkdir(parents=True, exist_ok=True)
    train_loader, valid_loader = initialize_loader(
        args.train_batch_size, args.val_batch_size, root, image_size, args.seed
    )
    model.to(choose_device(args.gpu))
    optimizer = torch.optim.Adam(learned_parameters(model), lr=args.learn_rate)
    history: list[Epoch] = []
    best_iou = -inf
    for number in range(1, args.epochs + 1):
        losses = train_epoch(model, train_loader, optimizer)
        history.append(Epoch(number, fmean(losses), *evaluate(model, valid_loader)))
        report(history[-1])
        if history[-1].score > best_iou:
            best_iou = history[-1].score
            torch.save(model.state_dict(), outputs / f"{args.checkpoint_name}-best.ckpt")
    if args.plot:
        curve = figures.learning_curve(history, "mean IoU")
        figures.save(curve, outputs / "learning_curve.png")
