"""Part B, question 1: the UNet."""

from __future__ import annotations

from collections.abc import Iterator

from grader.assignment.checks import alike, networks, verdicts
from grader.assignment.checks.views import view
from grader.judging.catalog import check
from grader.judging.draws import Draw
from grader.model import Evidence, Finding, Replies, Request

NAME = "UNet"
CHECKS = alike.checks(NAME)


def requests(draw: Draw) -> Iterator[Request]:
    """Yield what is asked of the UNet."""
    yield from networks.network_requests(NAME, draw)


@check("unet.skip_connections", requires=["unet.builds"])
def skip_connections(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """UNet concatenates the matching block at each of its three joins.

    Why it matters: without a skip the decoder must invent the detail that pooling threw away.
    Usual cause: a torch.cat left out, or fed with another block's output; the last
    convolution takes the greyscale input beside block 5's output.
    """
    yield from verdicts.skips(view(student, reference, "unet"))
