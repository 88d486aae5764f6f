"""Every forgery once in a real sandbox, as one class: what each earns, end to end."""

import functools

import pytest

from grader.basics import storage
from grader.basics.exits import GRADED
from grader.cli.main import main
from grader.kernel.sandbox import choose_isolation
from grader.model import Outcome
from tests.attacks import forged_notebooks

pytestmark = pytest.mark.timeout(0)  # eighteen kernels; what hangs has deadlines of its own
FORGERS = {forger.id: forger for forger in forged_notebooks.forgers()}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The graded class, by id."""
    choose_isolation("bubblewrap")
    base = tmp_path_factory.mktemp("forgers")
    forged_notebooks.write(base / "class")
    command = ["grade", str(base / "class"), "--out", str(base / "out"), "--jobs", "2"]
    assert main(command) == GRADED
    return {folder.name: functools.partial(storage.load_report, folder)
            for folder in storage.graded(base / "out")}  # fmt: skip


@pytest.mark.parametrize("id_", FORGERS)
def test_a_forger_earns_nothing_in_a_real_kernel(graded, id_):
    report = graded[id_]()
    assert report.status == "graded", report.reason
    assert report.cells[-1].status is Outcome.OK  # the forgery is in force
    points = {question.id: question.points for question in report.questions}
    assert {q: points[q] for q in FORGERS[id_].points} == FORGERS[id_].points
    forged = FORGERS[id_]
    mistakes = {m for check in report.checks for m in check.mistakes}
    if forged.network and forged.network.name not in UNLIKE:
        assert "not_followed" in mistakes


# Those that are judged by something else than their values: an error, another shape.
UNLIKE = ("claims_argmax", "claims_tuple", "only_words")


def test_every_forgery_is_in_the_class():
    names = {each.name for f in FORGERS.values() for each in (f.network, f.tuning) if each}
    modules = (forged_notebooks.forged_networks, forged_notebooks.forged_fine_tuning)
    assert names == {each.name for module in modules for each in module.FORGERIES}
