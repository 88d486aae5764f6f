"""Part A, question 1: the CNN."""

from __future__ import annotations

from collections.abc import Iterator

from grader.assignment.checks import gradients as gradients_
from grader.assignment.checks import networks, verdicts
from grader.assignment.checks.settings import settings as judged_settings
from grader.assignment.checks.views import view
from grader.assignment.conv2d.verdicts import is_wrong
from grader.judging.catalog import check
from grader.judging.draws import Draw
from grader.kernel.requests import Ask
from grader.model import Evidence, Finding, Replies, Reply, Request

NAME, PART = "CNN", "cnn"


def requests(draw: Draw) -> Iterator[Request]:
    """Yield what is asked of the CNN."""
    yield from networks.network_requests(NAME, draw)


def search(ask: Ask, replies: Replies) -> Iterator[tuple[Request, Reply]]:
    """Yield what CNN and UNet answer with a right MyConv2d, where their own is wrong."""
    if is_wrong(replies):
        for again in networks.repaired(replies.requests):
            yield again, ask(again)


@check("cnn.builds")
def builds(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """CNN is an nn.Module that builds and runs, forward and backward.

    Why it matters: nothing else can be tried on a network that does not run.
    Usual cause: the class is not filled in, or a layer's channels do not fit the next one's.
    """
    yield from verdicts.builds(view(student, reference, PART))


@check("cnn.output_shape", requires=["cnn.builds"])
def output_shape(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """CNN gives one score a colour for every pixel.

    Why it matters: the loss compares num_colours scores with the true colour at each pixel.
    Usual cause: something after the last convolution, or a pooling without its upsampling.
    """
    yield from verdicts.outputs(view(student, reference, PART))


@check("cnn.settings", requires=["cnn.output_shape"])
def settings(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """CNN works for other kernels, widths, colours, input channels and image sizes.

    Why it matters: the constructor's arguments are what the experiments of the handout vary.
    Usual cause: a number such as 32, 24, 1 or padding=1 written where an argument belongs.
    """
    yield from judged_settings(view(student, reference, PART))


@check("cnn.blocks", requires=["cnn.builds"])
def blocks(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """The blocks of CNN hold the diagram's layers, in the diagram's order and widths.

    Why it matters: the order within a block changes what BatchNorm sees, and so what is learned.
    Usual cause: pooling or upsampling placed behind the ReLU, as many other networks have it.
    """
    yield from verdicts.blocks(view(student, reference, PART))


@check("cnn.uses_myconv2d", requires=["cnn.builds"])
def uses_myconv2d(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Every convolution of CNN is a MyConv2d.

    Why it matters: the assignment is about the convolution that is defined in the notebook.
    Usual cause: nn.Conv2d out of habit.
    """
    yield from verdicts.foreign(view(student, reference, PART))


@check("cnn.values", requires=["cnn.output_shape"])
def values(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Given the same weights, CNN computes what the diagram says, in train and eval mode.

    Why it matters: a network of the right shape can still be another function.
    Usual cause: a departure that `cnn.blocks` names, or an operation too many.
    """
    yield from verdicts.values(view(student, reference, PART))


@check("cnn.gradients", requires=["cnn.output_shape"])
def gradients(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Every parameter of CNN receives the right gradient.

    Why it matters: a parameter without a gradient never learns, and nothing says so.
    Usual cause: `.data`, `.detach()` or `torch.no_grad()` inside forward.
    """
    yield from gradients_.gradients(view(student, reference, PART))


@check("cnn.deterministic", requires=["cnn.output_shape"])
def deterministic(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """In evaluation mode CNN gives an image the same scores each time, whatever is beside it.

    Why it matters: a prediction that depends on chance or on other images means little.
    Usual cause: dropout or BatchNorm that stays in training mode, or noise.
    """
    yield from verdicts.deterministic(view(student, reference, PART))


@check("cnn.input_untouched", requires=["cnn.output_shape"])
def input_untouched(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """CNN leaves its input as it was.

    Why it matters: the same images are needed again, for the pictures and for the next epoch.
    Usual cause: an in-place operation on x itself, such as `x -= 0.5` or `x.div_(255)`.
    """
    if view(student, reference, PART).reply("train").values.get("input_changed"):
        yield Finding(
            "the images given to CNN", "unchanged by forward", "overwritten", "input_overwritten"
        )


@check("cnn.registered", requires=["cnn.builds"])
def registered(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """`CNN(...).parameters()` lists every weight that forward uses.

    Why it matters: the optimizer trains what `parameters()` lists, and nothing else.
    Usual cause: layers in a plain Python list, or made anew inside forward.
    """
    yield from verdicts.registered(view(student, reference, PART))
