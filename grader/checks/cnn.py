"""Part A, question 1: the CNN."""

from __future__ import annotations

from collections.abc import Iterator

from grader.catalog import check
from grader.checks import networks
from grader.draws import Draw
from grader.model import Evidence, Finding, Replies, Request

NAME, PART = "CNN", "cnn"


def requests(draw: Draw) -> Iterator[Request]:
    """Yield what is asked of the CNN."""
    yield from networks.network_requests(NAME, draw)


@check("cnn.output_shape")
def output_shape(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """CNN builds, runs, and gives one score a colour for every pixel.

    Why it matters: the loss compares num_colours scores with the true colour at each pixel.
    Usual cause: the class is not filled in, or a layer's channels do not fit the next one's.
    """
    yield from networks.outputs(student, reference, PART, NAME)


@check("cnn.settings", requires=["cnn.output_shape"])
def settings(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """CNN works for other kernels, widths, colours, input channels and image sizes.

    Why it matters: the constructor's arguments are what the experiments of the handout vary.
    Usual cause: a number such as 32, 24, 1 or padding=1 written where an argument belongs.
    """
    yield from networks.settings(student, reference, PART, NAME)


@check("cnn.blocks", requires=["cnn.output_shape"])
def blocks(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """The blocks of CNN hold the diagram's layers, in the diagram's order and widths.

    Why it matters: the order within a block changes what BatchNorm sees, and so what is learned.
    Usual cause: pooling or upsampling placed behind the ReLU, as many other networks have it.
    """
    yield from networks.blocks(student, PART, NAME)


@check("cnn.uses_myconv2d", requires=["cnn.output_shape"])
def uses_myconv2d(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Every convolution of CNN is a MyConv2d.

    Why it matters: the assignment is about the convolution that is defined in the notebook.
    Usual cause: nn.Conv2d out of habit.
    """
    yield from networks.foreign(student, PART, NAME)


@check("cnn.values", requires=["cnn.output_shape"])
def values(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Given the same weights, CNN computes what the diagram says, in train and eval mode.

    Why it matters: a network of the right shape can still be another function.
    Usual cause: a departure that `cnn.blocks` names, or an operation too many.
    """
    yield from networks.values(student, reference, PART, NAME)


@check("cnn.gradients", requires=["cnn.output_shape"])
def gradients(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Every parameter of CNN receives the right gradient.

    Why it matters: a parameter without a gradient never learns, and nothing says so.
    Usual cause: `.data`, `.detach()` or `torch.no_grad()` inside forward.
    """
    yield from networks.gradients(student, reference, PART, NAME)


@check("cnn.registered", requires=["cnn.output_shape"])
def registered(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """`CNN(...).parameters()` lists every weight that forward uses.

    Why it matters: the optimizer trains what `parameters()` lists, and nothing else.
    Usual cause: layers in a plain Python list, or made anew inside forward.
    """
    yield from networks.unregistered(student, PART, NAME)
