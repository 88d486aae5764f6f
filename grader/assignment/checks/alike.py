"""What Part A's CNN and Part B's UNet are checked for alike: one text, two names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from grader.assignment.checks import gradients as gradients_
from grader.assignment.checks import settings as settings_
from grader.assignment.checks import verdicts
from grader.assignment.checks.views import View, view
from grader.judging.catalog import CheckFunction, check
from grader.model import Evidence, Finding, Replies

Judge = Callable[[View], Iterable[Finding]]


def checks(name: str) -> tuple[CheckFunction, ...]:
    """Return the checks of `name`, "CNN" or "UNet", as the catalogue has them."""
    return tuple(_check(judge, name, needed) for judge, needed in NEEDS.items())


def _check(judge: Judge, name: str, needed: tuple[str, ...]) -> CheckFunction:
    part = name.lower()

    def judged(student: Evidence, reference: Replies) -> Iterable[Finding]:
        return judge(view(student, reference, part))

    judged.__doc__ = (judge.__doc__ or "").format(name=name, part=part)
    return check(f"{part}.{judge.__name__}", [f"{part}.{id_}" for id_ in needed])(judged)


def builds(net: View) -> Iterator[Finding]:
    """{name} is an nn.Module that builds and runs, forward and backward.

    Why it matters: nothing else can be tried on a network that does not run.
    Usual cause: the class is not filled in, or a layer's channels do not fit the next one's.
    """
    yield from verdicts.builds(net)


def output_shape(net: View) -> Iterator[Finding]:
    """{name} gives one score a colour for every pixel.

    Why it matters: the loss compares num_colours scores with the true colour at each pixel.
    Usual cause: something after the last convolution, or a pooling without its upsampling.
    """
    yield from verdicts.outputs(net)


def settings(net: View) -> Iterator[Finding]:
    """{name} works for other kernels, widths, colours, input channels and image sizes.

    Why it matters: the constructor's arguments are what the experiments of the handout vary.
    Usual cause: a number such as 32, 24, 1 or padding=1 written where an argument belongs.
    """
    yield from settings_.settings(net)


def blocks(net: View) -> Iterator[Finding]:
    """The blocks of {name} hold the diagram's layers, in the diagram's order and widths.

    Why it matters: the order within a block changes what BatchNorm sees, and so what is learned.
    Usual cause: pooling or upsampling placed behind the ReLU, as many other networks have it.
    """
    yield from verdicts.blocks(net)


def uses_myconv2d(net: View) -> Iterator[Finding]:
    """Every convolution of {name} is a MyConv2d.

    Why it matters: the assignment is about the convolution that is defined in the notebook.
    Usual cause: nn.Conv2d out of habit.
    """
    yield from verdicts.foreign(net)


def values(net: View) -> Iterator[Finding]:
    """Given the same weights, {name} computes what the diagram says, in train and eval mode.

    Why it matters: a network of the right shape can still be another function.
    Usual cause: a departure that `{part}.blocks` names, or an operation too many.
    """
    yield from verdicts.values(net)


def gradients(net: View) -> Iterator[Finding]:
    """Every parameter of {name} receives the right gradient.

    Why it matters: a parameter without a gradient never learns, and nothing says so.
    Usual cause: `.data`, `.detach()` or `torch.no_grad()` inside forward.
    """
    yield from gradients_.gradients(net)


def deterministic(net: View) -> Iterator[Finding]:
    """In evaluation mode {name} gives an image the same scores each time, whatever is beside it.

    Why it matters: a prediction that depends on chance or on other images means little.
    Usual cause: dropout or BatchNorm that stays in training mode, or noise.
    """
    yield from verdicts.deterministic(net)


def input_untouched(net: View) -> Iterator[Finding]:
    """{name} leaves its input as it was.

    Why it matters: the same images are needed again, for the pictures and for the next epoch.
    Usual cause: an in-place operation on x itself, such as `x -= 0.5` or `x.div_(255)`.
    """
    if net.reply("train").values.get("input_changed"):
        yield Finding(
            f"the images given to {net.name}",
            "unchanged by forward",
            "overwritten",
            "input_overwritten",
        )


def registered(net: View) -> Iterator[Finding]:
    """`{name}(...).parameters()` lists every weight that forward uses.

    Why it matters: the optimizer trains what `parameters()` lists, and nothing else.
    Usual cause: layers in a plain Python list, or made anew inside forward.
    """
    yield from verdicts.registered(net)


# What each needs of the others.
NEEDS: dict[Judge, tuple[str, ...]] = {
    builds: (),
    output_shape: ("builds",),
    settings: ("output_shape",),
    blocks: ("builds",),
    uses_myconv2d: ("builds",),
    values: ("output_shape",),
    gradients: ("output_shape",),
    deterministic: ("output_shape",),
    input_untouched: ("output_shape",),
    registered: ("builds",),
}
