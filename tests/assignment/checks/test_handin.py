"""What is said of a hand-in, and that it costs nothing by default."""

import dataclasses
from pathlib import Path

import pytest
from hand_ins import FINE_TUNE, PICTURE, code, counted, hand_in, received, run, write_up

from grader.assignment.checks import handin
from grader.judging.catalog import catalogue
from grader.model import CheckResult, Evidence, ExecutedNotebook, Finding, Replies, Status, Writeup
from grader.proving import cases
from grader.scoring import rubric

TESTS = Path(__file__).parents[2]


def findings(check, names):
    evidence = Evidence(names["submission"], ExecutedNotebook("none"), Replies({}))
    return list(check(evidence, Replies({})))


def test_what_was_found_is_told():
    (note,) = findings(handin.was_run, hand_in())
    assert note.note
    assert note.actual == (
        "CNN, 25 epochs, batch size 100 (cell 2); UNet, 25 epochs, batch size 100 (cell 3); "
        "UNet, 25 epochs, batch size 10 (cell 4); DeepLab, 10 epochs, batch size 128 (cell 5)"
    )
    (note,) = findings(handin.writeup, hand_in())
    assert note.actual == "a2-writeup.pdf (pages: 2, words: 46)"


@pytest.mark.parametrize(
    ("check", "changes", "actual"),
    [
        (
            handin.batch_size,
            {"unet": code(run("UNet", batch_size=5), counted(25), PICTURE)},
            "UNet, 25 epochs, batch size 5 (cell 3); UNet, 25 epochs, batch size 10 (cell 4)",
        ),
        (
            handin.epochs,
            {"unet": code(run("UNet"), counted(12, of=25), PICTURE)},
            "UNet, 12 of 25 epochs, batch size 100 (cell 3)",
        ),
        (
            handin.batch_size_study,
            {"study": None},
            "UNet, 25 epochs, batch size 100 (cell 3)",
        ),
        (
            handin.predictions,
            {"fine_tune": code(FINE_TUNE, counted(10)), "predictions": None},
            "no picture in or behind the cell that fine-tunes the network",
        ),
        (
            handin.training_curve,
            {"unet": code(run("UNet"), counted(25)), "study": None},
            "no picture in or behind the cell that trains UNet",
        ),
        (
            handin.was_run,
            {n: code("x = 1") for n in ("cnn", "unet", "study", "fine_tune", "predictions")},
            "no outputs: of 6 cells with code none was run",
        ),
    ],
)
def test_a_certain_finding_says_what_is_there(check, changes, actual):
    (finding,) = findings(check, hand_in(**changes))
    assert finding.actual == actual
    assert not finding.note


@pytest.mark.parametrize(
    ("check", "changes", "told"),
    [
        (handin.epochs, {"unet": code(run("UNet", 25))}, "25 epochs in its settings"),
        (handin.epochs, {"unet": code("fit()", PICTURE), "study": None}, "none was found"),
        (handin.batch_size, {"unet": code("fit()", PICTURE), "study": None}, "none was found"),
        (handin.training_curve, {"helpers": None, "unet": None, "study": None}, "was not found"),
        (handin.predictions, {"fine_tune": None, "predictions": None}, "was not found"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_a_note(check, changes, told):
    (finding,) = findings(check, hand_in(**changes))
    assert finding.note
    assert told in finding.actual


def test_a_picture_that_may_be_in_the_write_up_is_not_called_missing():
    names = hand_in(fine_tune=code(FINE_TUNE, counted(10)), predictions=None)
    scanned = Writeup("a2-writeup.pdf", 4, 3, "see the figures")
    submission = dataclasses.replace(names["submission"], writeup=scanned)
    (finding,) = findings(handin.predictions, {"submission": submission})
    assert finding.note
    assert finding.actual.endswith("but some in a2-writeup.pdf")


def test_outputs_that_were_cleared_are_told_from_a_notebook_that_was_not_run():
    ran = {**code("x = 1"), "execution_count": 3}
    names = ("cnn", "unet", "study", "fine_tune", "predictions")
    (finding,) = findings(handin.was_run, hand_in(**dict.fromkeys(names, ran)))
    assert finding.actual == (
        "no outputs: of 6 cells with code 5 were run, but their outputs are not there"
    )


def test_problems_are_told_in_the_words_of_the_reader():
    (finding,) = findings(handin.notebook, received(a2_cnn__ipynb=b"", a2_writeup__pdf=write_up()))
    assert finding.mistake == "not_a_notebook"
    assert finding.actual.endswith(
        "a2-cnn.ipynb: the file is empty; save the notebook and hand it in again"
    )
    (finding,) = findings(handin.writeup, received(a2_cnn__ipynb=b"", a2_writeup__txt=b"hello"))
    assert finding.mistake == "writeup_not_pdf"
    assert finding.actual == "a2-writeup.txt: the file is not a PDF"


def test_no_mistake_of_these_parts_costs_anything_by_default():
    rules = rubric.load()
    ours = {
        mistake
        for case in cases.load(TESTS / "mutants")
        if case.part in ("handin", "counts")
        for mistake in case.mistakes - {"missing"}
    }
    assert len(ours) == 24
    assert {rules.prices[mistake].most for mistake in ours} == {0}
    results = [
        CheckResult(
            name,
            Status.FAILED if name.split(".")[0] in ("handin", "counts") else Status.PASSED,
            (Finding("x", "y", "z", "missing"),) if name == "counts.readable" else (),
        )
        for name in catalogue()
    ]
    scored = rubric.score(results, rules)
    assert scored.points == scored.max_points


def test_an_instructor_may_price_the_hand_in(tmp_path):
    priced = tmp_path / "mine.toml"
    wanted = rubric.SHIPPED.read_text("utf-8")
    wanted = wanted.replace('automatic = 0\nchecks = { "handin.notebook" = 0,',
                            'automatic = 0.5\nchecks = { "handin.notebook" = 1,')  # fmt: skip
    priced.write_text(wanted.replace("batch_size_not_100 = 0", "batch_size_not_100 = 0.2"), "utf-8")
    rules = rubric.load(priced)
    finding = Finding("the training of UNet", "100", "5", "batch_size_not_100")
    results = [
        CheckResult(name, Status.FAILED, (finding,))
        if name == "handin.batch_size"
        else CheckResult(name, Status.PASSED)
        for name in catalogue()
    ]
    (grade,) = (q for q in rubric.score(results, rules).questions if q.id == "hand-in")
    assert (grade.points, grade.max_points) == (0.4, 0.5)
