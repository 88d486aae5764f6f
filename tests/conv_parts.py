"""Asks a MyConv2d what the line asks, without a kernel: shared by the tests of its checks."""

from grader.assignment.conv2d import calls, properties
from grader.judging import catalog, in_process, oracle
from grader.judging.draws import Draw
from grader.kernel.requests import ask_all
from grader.model import Evidence, ExecutedNotebook, Replies, Submission

SEED = 11
NOBODY = Submission(id="test")


class Asked:
    """A way to put requests to a class; keeps those that it was asked."""

    def __init__(self, cls):
        self.agent = in_process.agent({"MyConv2d": cls})
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        return oracle.ask(request, self.agent)


def fixed(ask, seed=SEED):
    """Return the replies to the fixed requests, asked in one go."""
    requests = list(calls.fixed_requests(Draw(seed)))
    replies = {reply.id: reply for reply in ask_all(ask, requests)}
    return Replies(replies, {request.id: request for request in requests})


def with_search(ask, replies, **limits):
    """Return replies with what the search came upon added."""
    found = list(properties.search(ask, replies, properties.Limits(**limits)))
    return Replies(
        {**{id_: replies.peek(id_) for id_ in replies}, **{r.id: r for _, r in found}},
        {**replies.requests, **{request.id: request for request, _ in found}},
    )


def judged(replies):
    """Return the results of the checks of MyConv2d, by id."""
    evidence = Evidence(NOBODY, ExecutedNotebook("none"), replies)
    results = catalog.judge(evidence, Replies({}))
    return {result.id: result for result in results if result.id.startswith("conv2d.")}


def findings(replies):
    """Return every finding of the checks of MyConv2d."""
    return [finding for result in judged(replies).values() for finding in result.findings]


def told(cls, seed=SEED):
    """Return (mistake, what, expected, actual) of every finding on a class."""
    ask = Asked(cls)
    replies = with_search(ask, fixed(ask, seed))
    return [(f.mistake, f.what, f.expected, f.actual) for f in findings(replies)]
