"""A kernel forked from the warm process gives the same report as a fresh one, and sooner."""

import json
import re

import pytest

from benchmarks.students import make, write
from grader.basics import storage
from grader.batch.run import Line
from grader.batch.settings import Settings
from grader.handin.submissions import open_submission
from grader.kernel.sandbox import forks
from grader.proving.solutions import SEED, world
from grader.scoring import rubric


def untimed(value):
    if isinstance(value, dict):
        return {k: untimed(v) for k, v in value.items() if k != "seconds"}
    return [untimed(item) for item in value] if isinstance(value, list) else value


def graded(line, submission):
    """Return all that came of a submission, but for times, and where its kernel came from."""
    done = line.run(submission)
    text = re.sub(r"ipykernel_\d+", "ipykernel", done.notebook)  # its process id
    notebook = json.loads(re.sub(r"\b\d+ s\b", "# s", text))  # what training loops print
    outputs = [cell.get("outputs") for cell in notebook["cells"]]
    parts = (done.report, done.results, done.evidence.notebook)
    return [untimed(json.loads(storage.to_json(part))) for part in parts], outputs


@pytest.fixture
def forked():
    forks.warm_up()
    yield
    forks.stop()


def test_a_forked_kernel_changes_nothing_in_a_report(tmp_path, forked):
    student = make(6)[4]
    assert student.mistakes  # so there is something to say
    write(tmp_path / "class", [student])
    submission = open_submission(tmp_path / "class" / student.id)
    line = Line(Settings("bubblewrap", world(), SEED, rubric.load()))
    of_fork = graded(line, submission)
    assert forks.started()  # else a fresh kernel took its place
    forks.stop()
    assert of_fork == graded(line, submission)
    assert of_fork[0][0]["score"] == pytest.approx(student.points)
