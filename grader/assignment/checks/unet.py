"""Part B, question 1: the UNet."""

from __future__ import annotations

from collections.abc import Iterator

from grader.assignment.checks import gradients as gradients_
from grader.assignment.checks import networks, verdicts
from grader.assignment.checks.settings import settings as judged_settings
from grader.assignment.checks.views import view
from grader.judging.catalog import check
from grader.judging.draws import Draw
from grader.model import Evidence, Finding, Replies, Request

NAME, PART = "UNet", "unet"


def requests(draw: Draw) -> Iterator[Request]:
    """Yield what is asked of the UNet."""
    yield from networks.network_requests(NAME, draw)


@check("unet.builds")
def builds(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """UNet is an nn.Module that builds and runs, forward and backward.

    Why it matters: nothing else can be tried on a network that does not run.
    Usual cause: the class is not filled in, or a layer's channels do not fit the next one's.
    """
    yield from verdicts.builds(view(student, reference, PART))


@check("unet.output_shape", requires=["unet.builds"])
def output_shape(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """UNet gives one score a colour for every pixel.

    Why it matters: the loss compares num_colours scores with the true colour at each pixel.
    Usual cause: something after the last convolution, or a pooling without its upsampling.
    """
    yield from verdicts.outputs(view(student, reference, PART))


@check("unet.settings", requires=["unet.output_shape"])
def settings(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """UNet works for other kernels, widths, colours, input channels and image sizes.

    Why it matters: the constructor's arguments are what the experiments of the handout vary.
    Usual cause: a number such as 32, 24, 1 or padding=1 written where an argument belongs.
    """
    yield from judged_settings(view(student, reference, PART))


@check("unet.blocks", requires=["unet.builds"])
def blocks(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """The blocks of UNet hold the diagram's layers, in the diagram's order and widths.

    Why it matters: the order within a block changes what BatchNorm sees, and so what is learned.
    Usual cause: pooling or upsampling placed behind the ReLU, as many other networks have it.
    """
    yield from verdicts.blocks(view(student, reference, PART))


@check("unet.uses_myconv2d", requires=["unet.builds"])
def uses_myconv2d(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Every convolution of UNet is a MyConv2d.

    Why it matters: the assignment is about the convolution that is defined in the notebook.
    Usual cause: nn.Conv2d out of habit.
    """
    yield from verdicts.foreign(view(student, reference, PART))


@check("unet.values", requires=["unet.output_shape"])
def values(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Given the same weights, UNet computes what the diagram says, in train and eval mode.

    Why it matters: a network of the right shape can still be another function.
    Usual cause: a departure that `unet.blocks` names, or an operation too many.
    """
    yield from verdicts.values(view(student, reference, PART))


@check("unet.gradients", requires=["unet.output_shape"])
def gradients(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Every parameter of UNet receives the right gradient.

    Why it matters: a parameter without a gradient never learns, and nothing says so.
    Usual cause: `.data`, `.detach()` or `torch.no_grad()` inside forward.
    """
    yield from gradients_.gradients(view(student, reference, PART))


@check("unet.deterministic", requires=["unet.output_shape"])
def deterministic(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """In evaluation mode UNet gives an image the same scores each time, whatever is beside it.

    Why it matters: a prediction that depends on chance or on other images means little.
    Usual cause: dropout or BatchNorm that stays in training mode, or noise.
    """
    yield from verdicts.deterministic(view(student, reference, PART))


@check("unet.input_untouched", requires=["unet.output_shape"])
def input_untouched(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """UNet leaves its input as it was.

    Why it matters: the same images are needed again, for the pictures and for the next epoch.
    Usual cause: an in-place operation on x itself, such as `x -= 0.5` or `x.div_(255)`.
    """
    if view(student, reference, PART).reply("train").values.get("input_changed"):
        yield Finding(
            "the images given to UNet", "unchanged by forward", "overwritten", "input_overwritten"
        )


@check("unet.registered", requires=["unet.builds"])
def registered(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """`UNet(...).parameters()` lists every weight that forward uses.

    Why it matters: the optimizer trains what `parameters()` lists, and nothing else.
    Usual cause: layers in a plain Python list, or made anew inside forward.
    """
    yield from verdicts.registered(view(student, reference, PART))


@check("unet.skip_connections", requires=["unet.builds"])
def skip_connections(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """UNet concatenates the matching block at each of its three joins.

    Why it matters: without a skip the decoder must invent the detail that pooling threw away.
    Usual cause: a torch.cat left out, or fed with another block's output; the last
    convolution takes the greyscale input beside block 5's output.
    """
    yield from verdicts.skips(view(student, reference, PART))
