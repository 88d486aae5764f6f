"""No mistake is named for a reply that did not come."""

import itertools

import pytest

from grader.judging import catalog
from grader.model import Evidence, ExecutedNotebook, Outcome, Replies, Reply, Status, Submission
from grader.proving import solutions

NOT_COME = (Outcome.DIED, Outcome.TIMED_OUT, Outcome.SKIPPED, Outcome.REFUSED)
PARTS = ("conv2d", "cnn", "unet", "finetune")


def named(lost, outcome, part):
    """Return the mistakes named for the reference without the replies in `lost`, and verdicts."""
    reference = solutions.reference()
    replies = {id_: reference.peek(id_) for id_ in reference.requests}
    replies |= {id_: Reply(id_, outcome) for id_ in lost}
    evidence = Evidence(
        Submission("x"), ExecutedNotebook("none"), Replies(replies, reference.requests)
    )
    checks = [name for name in catalog.catalogue() if name.partition(".")[0] == part]
    results = catalog.judge(evidence, reference, checks)
    mistakes = [f.mistake for r in results for f in r.findings if f.mistake and not f.note]
    return mistakes, {result.status for result in results}


@pytest.mark.parametrize("outcome", NOT_COME)
@pytest.mark.parametrize("part", PARTS)
def test_where_nothing_came(part, outcome):
    lost = [id_ for id_ in solutions.reference().requests if id_.partition(".")[0] == part]
    mistakes, verdicts = named(lost, outcome, part)
    assert mistakes == []
    assert Status.PASSED not in verdicts


@pytest.mark.parametrize("part", PARTS)
def test_where_one_reply_is_lacking(part):
    outcomes = itertools.cycle(NOT_COME)
    for id_ in solutions.reference().requests:
        if id_.partition(".")[0] == part and ".learn." not in id_ and ".drawn." not in id_:
            assert named([id_], next(outcomes), part)[0] == [], id_
