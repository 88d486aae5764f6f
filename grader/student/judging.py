"""Judges some checks, asking only what these look at."""

from __future__ import annotations

import contextlib
import functools
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import torch

from grader.basics.cache import cache_folder
from grader.judging import catalog, recorded
from grader.judging.draws import PUBLIC_SEED, Draw
from grader.judging.on_demand import OnDemand
from grader.kernel.requests import Ask
from grader.model import CheckResult, Evidence, ExecutedNotebook, Replies, Request, Submission
from grader.model.assignment import chosen

DIGITS = 16  # of the digest in a folder's name


@functools.cache
def _family(family: str) -> tuple[Request, ...]:
    return tuple(catalog.requests(Draw(PUBLIC_SEED), [family]))


def asked(names: Iterable[str]) -> dict[str, Request]:
    """Return the public requests of these checks, by id: the same numbers for everybody."""
    families = dict.fromkeys(name.partition(".")[0] for name in names)
    return {request.id: request for family in families for request in _family(family)}


def reference(questions: Mapping[str, Request]) -> Replies:
    """Return the right replies as they were recorded."""
    return recorded.load(questions.values(), recorded.PLACE if recorded.there() else _recorded())


def _recorded() -> Path:
    """Return where they are recorded on this machine, by the code that gives them."""
    from grader.batch.keys import code_digest

    place = cache_folder() / f"public-replies-{code_digest()[:DIGITS]}"
    if not recorded.there(place):
        from grader.student import recording

        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as folder:
            recording.record(Path(folder) / place.name)
            with contextlib.suppress(OSError):  # another process was there first
                (Path(folder) / place.name).rename(place)
    return place


def judge(
    names: Iterable[str], ask: Ask, submission: Submission, executed: ExecutedNotebook
) -> tuple[CheckResult, ...]:
    """Return the verdicts of the checks called `names`, and of those that they rest on.

    Args:
        names: of checks.
        ask: puts one request to the student's code.
        submission: what is known of the file.
        executed: how its cells ran.
    """
    wanted = catalog.with_prerequisites(names)
    families = {name.partition(".")[0] for name in wanted}
    live = chosen().live
    questions = asked(wanted) | asked(live.needs(families))
    replies = OnDemand(ask, {}, questions)
    live.ask_first(ask, replies, families)
    right = reference(questions)
    with _one_thread():
        return catalog.judge(Evidence(submission, executed, replies), right, wanted)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Compute on one thread, as the recorded numbers were computed."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
