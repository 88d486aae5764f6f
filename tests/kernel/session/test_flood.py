"""A notebook may print what it likes: the grader's memory and its reports stay small."""

import resource

import pytest

from grader.kernel.session import flood
from grader.model import Outcome, Request
from tests.kernel.session.kernels import outcomes, running

pytestmark = pytest.mark.usefixtures("warm")


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        ("for _ in range(200): print('x' * 1_000_000, flush=True)", "died"),
        ("while True: print('x' * 100)", "died/timed_out"),
        ("print('x' * 100_000_000)", "ok"),
        ("raise ValueError('y' * 50_000_000)", "died"),
        ("for i in range(300): print('line', i, 'z' * 10_000)", "ok"),
    ],
)
def test_a_flood_of_output_costs_the_cell_and_not_the_grader(source, outcome):
    before = peak_mb()
    with running(source, "print('after')") as runner:
        ended, after = outcomes(runner)
        assert (ended in outcome.split("/"), after) == (True, "ok")
        cell = runner.nb.cells[0]
        kept = sum(flood.size(output) for output in cell.outputs)
        assert kept < 2 * flood.KEPT_BYTES
        assert cell.outputs[-1].get("text") == flood.CUT
        assert runner.nb.cells[1].outputs[0].text == "after\n"
        if ended == "died":
            error = runner.executed().cells[0].error
            assert str(error) == "OutputFlood: it printed more than is kept"
    assert peak_mb() - before < 400


def test_ordinary_output_is_kept_whole():
    with running("for i in range(100): print(i)") as runner:
        text = "".join(o.text for o in runner.nb.cells[0].outputs)
        assert text == "".join(f"{i}\n" for i in range(100))
        assert runner.ask(Request("w", "world")).outcome is Outcome.OK
