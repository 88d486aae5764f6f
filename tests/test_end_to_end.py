"""The whole line on the bundled submissions: from a file on disk to a score with reasons."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from examples.notebook_builder import build_notebook, notebook_text, with_pictures
from grader.basics import storage
from grader.batch.run import Line
from grader.batch.settings import Settings
from grader.handin.submissions import open_submission
from grader.kernel import causes
from grader.kernel.sandbox import forks
from grader.kernel.session.deadlines import Deadlines
from grader.model import GradeReport, Outcome, Status, Verdict
from grader.proving.solutions import SEED, world
from grader.reports import terminal
from grader.scoring import rubric

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples" / "submissions"


@pytest.fixture(scope="module", autouse=True)
def warm():
    """Have the kernels forked, as those of a class are."""
    forks.warm_up()
    yield
    forks.stop()


@pytest.fixture(scope="session")
def line():
    settings = Settings(
        "bubblewrap",
        world(),
        SEED,
        rubric.load(),
        deadlines=Deadlines(cell=400, submission=1500, request=120),
    )
    return Line(settings)


@pytest.fixture(scope="session")
def grade(line, tmp_path_factory):
    """Grade a submission once a session; return its report and where its evidence lies."""
    done: dict[Path, tuple[GradeReport, Path]] = {}

    def graded(path: Path):
        if path not in done:
            folder = tmp_path_factory.mktemp("evidence")
            done[path] = line.grade(open_submission(path), folder), folder
        return done[path]

    return graded


def mistakes(report):
    return {f.mistake for c in report.checks for f in c.findings if f.mistake and not f.note}


def lost(report):
    return {
        q.id: round(q.max_points - q.points, 6) for q in report.questions if q.points < q.max_points
    }


@pytest.mark.parametrize("name", ["amelie-right", "bilal-other-style"])
def test_a_right_submission_earns_every_automatic_point(grade, name):
    report, _ = grade(EXAMPLES / name)
    assert report.status == "graded"
    assert report.isolation == "bubblewrap"
    assert lost(report) == {}
    assert report.score == report.max_score
    assert mistakes(report) == set()
    assert all(cell.status is Outcome.OK for cell in report.cells)


@pytest.mark.parametrize("name", [path.name for path in sorted(EXAMPLES.iterdir())])
def test_nothing_fails_for_a_reason_of_ours(grade, name):
    assert causes.world(grade(EXAMPLES / name)[0].cells) == ()


def test_three_mistakes_lose_exactly_their_points_and_are_named(grade):
    report, _ = grade(EXAMPLES / "chen-three-mistakes")
    assert mistakes(report) == {"pool_after_relu", "skip_missing_input", "selects_everything"}
    assert lost(report) == {"A1": 0.16, "B1": 0.3, "C1": 0.3}
    text = terminal.render(report)
    assert "The skip connection from the input is missing [skip_missing_input]" in (
        " ".join(text.split())
    )


def test_an_unfilled_template_gets_zero_with_a_reason_a_question(grade):
    report, _ = grade(EXAMPLES / "dana-unfilled")
    assert report.status == "graded"
    assert report.score == 0
    for question in report.questions:
        first = next(c for c in report.checks if c.question == question.id)
        told = "counts only beside points in" in question.title
        failed = first.status is not Status.PASSED and first.actual
        assert question.max_points == 0 or told or failed


def test_the_untouched_template_earns_nothing(grade):
    """MyConv2d, which it hands out complete, passes its checks and earns nothing alone."""
    report, _ = grade(ROOT / "student_template" / "a2-cnn.ipynb")
    assert report.status == "graded"
    assert report.score == 0
    assert {c.status for c in report.checks if c.question == "A1-conv"} == {Status.PASSED}
    raised = [cell.error.message[:12] for cell in report.cells if cell.error]
    assert raised == ["Question A1:", "Question B1:", "Question B1:", "Question C2:"]


def test_the_master_notebook_earns_every_automatic_point(grade):
    report, _ = grade(ROOT / "reference" / "a2-cnn.ipynb")
    assert report.status == "graded"
    assert lost(report) == {}
    assert all(cell.status is Outcome.OK for cell in report.cells)
    (count,) = (c for c in report.checks if c.id == "counts.convention")
    assert count.actual == "recognised: convolutions without biases"


def test_a_submission_that_breaks_in_the_middle_is_graded_on_the_rest(grade):
    report, _ = grade(EXAMPLES / "emil-broken-middle")
    points = {q.id: (q.points, q.max_points) for q in report.questions}
    for question in ("A1-conv", "A1", "C1", "C2"):
        assert points[question][0] == points[question][1], question
    assert points["B1"][0] == 0
    raised = [cell for cell in report.cells if cell.status is Outcome.RAISED]
    assert raised
    assert all(cell.error is not None for cell in raised)


def test_a_large_old_notebook_in_a_folder_with_spaces_and_accents(tmp_path, line):
    folder = tmp_path / "Groupe é 7 – A2"
    folder.mkdir()
    quick = {"train_unet_batch_10": "", "train_unet_batch_50": ""}
    notebook = with_pictures(build_notebook(quick), 1.5)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 0)
    assert notebook["metadata"]["kernelspec"]["name"] == "python2"
    assert len(notebook["cells"]) >= 55
    (folder / "a2-cnn.ipynb").write_text(notebook_text(notebook), encoding="utf-8")
    assert (folder / "a2-cnn.ipynb").stat().st_size > 1.5e6
    report = line.grade(open_submission(folder), None)
    assert report.score == report.max_score
    assert report.submission.id == "Groupe é 7 – A2"


# What notebooks of the wider world open with: packages that are not here, Colab, Python 2, a GPU.
HEAD = """\
import no_such_package as nowhere
nowhere.set_option('precision', 3)
import imgaug, moviepy.editor as mp
from google.colab import drive
drive.mount('/gdrive')
!git clone https://example.org/someone/tools.git
from someones_tools.general import emojis
from google.colab.patches import cv2_imshow
from collections import Iterable
from IPython.core.display import display
%load_ext tensorboard
"""
TAIL = """\

assert torch.cuda.is_available(), 'Runtime > Change runtime type'
best = -np.Inf
print 'halves', 7 / 2
plt.style.use('seaborn')
from tqdm.notebook import tqdm
mp.VideoFileClip('a.mp4')
"""
EARLY = ("exit()", "input('Press Enter')", "%%time\nnowhere.peek()\nkept = 1", "assert kept")
LATE = ("del model", "%reset -f", "import time\nwhile True:\n    time.sleep(60)")


def test_a_right_submission_with_the_habits_of_real_ones_loses_nothing(tmp_path, line):
    notebook = nbformat.read(EXAMPLES / "amelie-right" / "a2-cnn.ipynb", as_version=4)
    imports = next(cell for cell in notebook.cells if "import torch.nn as nn" in cell.source)
    imports.source = HEAD + imports.source + TAIL
    loop = next(cell for cell in notebook.cells if "in train_loader:" in cell.source)
    loop.source = loop.source.replace("in train_loader:", "in tqdm(train_loader):")
    place = notebook.cells.index(imports) + 1
    notebook.cells[place:place] = [nbformat.v4.new_code_cell(source) for source in EARLY]
    notebook.cells += [nbformat.v4.new_code_cell(source) for source in LATE]
    (tmp_path / "a2-cnn.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    report = line.grade(open_submission(tmp_path / "a2-cnn.ipynb"), None)
    assert lost(report) == {}
    assert mistakes(report) == set()
    assert report.verdict is Verdict.OK
    network, package, sleep = causes.Cause.NETWORK, causes.Cause.PACKAGE, causes.Cause.SLEEP
    assert causes.world(report.cells) == (network, package, network, sleep)
    left_out = [left.error.name for cell in report.cells for left in cell.left_out]
    assert left_out[:3] == ["AbsentPackage"] * 3
    told = "\n".join(report.notes)
    assert "made to run: cell" in told
    assert "moviepy is not installed here; only the lines that use it are lost" in told
    assert "someones_tools is not here: the notebook fetches it from the network" in told


def test_judging_again_from_disk_gives_the_same_verdicts(grade, line):
    from grader.judging import catalog
    from grader.model import Evidence, ExecutedNotebook, Replies, Submission

    report, folder = grade(EXAMPLES / "chen-three-mistakes")
    submission = storage.from_json(Submission, (folder / storage.SUBMISSION).read_bytes())
    assert submission.without_contents() == report.submission
    stored = storage.load_replies(folder)
    executed = storage.from_json(ExecutedNotebook, (folder / "executed.json").read_bytes())
    requests = {request.id: request for request in line.requests}
    evidence = Evidence(
        submission, executed, Replies({i: stored.peek(i) for i in stored}, requests)
    )
    again = catalog.judge(evidence, line.reference)
    assert {r.id: r.status for r in again} == {c.id: c.status for c in report.checks}
    scored = rubric.score(storage.load_results(folder / storage.RESULTS), rubric.load())
    assert scored.points == report.score


def test_grading_twice_gives_the_same_report_but_for_times(grade, line, tmp_path, monkeypatch):
    """The second time in a kernel that was started afresh, as that of a single submission is."""
    copy = tmp_path / "emil-broken-middle"
    shutil.copytree(EXAMPLES / "emil-broken-middle", copy)
    first, _ = grade(EXAMPLES / "emil-broken-middle")
    assert forks.started()
    monkeypatch.setattr(forks, "_zygote", None)
    second = line.grade(open_submission(copy), None)
    assert without_times(first) == without_times(second)


def without_times(report):
    def strip(value):
        if isinstance(value, dict):
            return {k: strip(v) for k, v in value.items() if k != "seconds"}
        return [strip(v) for v in value] if isinstance(value, list) else value

    return strip(json.loads(storage.to_json(report)))


def test_the_executed_notebook_is_kept_and_valid(grade):
    _, folder = grade(EXAMPLES / "amelie-right")
    executed = nbformat.read(folder / "executed.ipynb", as_version=4)
    nbformat.validate(executed)
    assert any(cell.get("outputs") for cell in executed.cells)
