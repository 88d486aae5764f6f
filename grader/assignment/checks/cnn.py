"""Part A, question 1: the CNN."""

from __future__ import annotations

from collections.abc import Iterator

from grader.assignment.checks import alike, networks
from grader.assignment.conv2d.verdicts import is_wrong
from grader.judging.draws import Draw
from grader.kernel.requests import Ask
from grader.model import Replies, Reply, Request

NAME = "CNN"
CHECKS = alike.checks(NAME)


def requests(draw: Draw) -> Iterator[Request]:
    """Yield what is asked of the CNN."""
    yield from networks.network_requests(NAME, draw)


calls_for_search = is_wrong  # of nothing else more is asked


def search(ask: Ask, replies: Replies) -> Iterator[tuple[Request, Reply]]:
    """Yield what CNN and UNet answer with a right MyConv2d, where their own is wrong."""
    if is_wrong(replies):
        for again in networks.repaired(replies.requests):
            yield again, ask(again)
