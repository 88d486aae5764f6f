"""What a student may see: hidden checks leave no name, no message and no trace in the points."""

from dataclasses import replace

import pytest

from grader.judging import catalog
from grader.model import CheckResult, Finding, Status, Verdict
from grader.scoring import audience, rubric
from grader.scoring.audience import INSTRUCTOR, STUDENT, seen_by
from tests import pages

SECRETS = ("cnn.gradients", "the gradient of CNN", "gradient_cut")


def hidden(id_="cnn.gradients", **changes):
    finding = Finding("the gradient of CNN", "a gradient", "none", "gradient_cut")
    return pages.check(id_, Status.FAILED, [finding], visibility="hidden", points=0.01, **changes)


def with_hidden(*checks, **changes):
    shown = [replace(c, public_points=c.points) for c in pages.CHECKS]
    return pages.report((*shown, *(checks or [hidden(public_points=0.1)])), **changes)


def test_an_instructor_sees_the_report_as_it_is():
    report = with_hidden()
    assert seen_by(report, INSTRUCTOR).report is report


def test_a_student_sees_no_word_of_a_hidden_check():
    view = seen_by(with_hidden(), STUDENT)
    assert not [secret for secret in SECRETS if secret in repr(view.report)]
    assert view.hidden_points == 0.1


def test_nobody_but_the_instructor_sees_the_seed():
    assert "9876543210123" not in repr(seen_by(pages.report(), STUDENT).report)
    assert seen_by(pages.report(), STUDENT).report.environment == {"torch": "2.15"}


def test_totals_are_those_of_the_checks_that_are_shown():
    report = with_hidden()
    view = seen_by(report, STUDENT).report
    assert report.max_score == 0.6
    assert view.max_score == 0.5
    assert view.score == pytest.approx(sum(c.points for c in pages.CHECKS))
    assert [q.max_points for q in view.questions] == [0.4, 0.1]


def test_a_question_of_hidden_checks_alone_is_not_there():
    view = seen_by(with_hidden(hidden("finetune.head", public_points=0.1)), STUDENT).report
    assert [q.id for q in view.questions] == ["A1", "B1"]


def test_texts_of_others_do_not_name_a_hidden_check():
    finding = Finding("what `cnn.gradients` is about", "cnn.gradients", "see `cnn.gradients`.")
    other = pages.check(
        "cnn.registered",
        Status.FAILED,
        [finding],
        hint="as `cnn.gradients` names",
        public_points=0.0,
    )
    waiting = pages.check(
        "cnn.deterministic",
        Status.SKIPPED,
        message="not judged: cnn.gradients did not pass",
        public_points=0.0,
    )
    report = with_hidden(
        hidden(public_points=0.1), other, waiting,
        notes=("grader fault in cnn.gradients: x", "kept"),
        reason="the grader failed in cnn.gradients",
    )  # fmt: skip
    view = seen_by(report, STUDENT).report
    assert "cnn.gradients" not in repr(view)
    assert view.notes == ("kept",)
    shown = {c.id: c for c in view.checks}
    assert shown["cnn.registered"].hint == "as another check names"
    assert shown["cnn.deterministic"].message == "not judged"


def test_figures_go_with_their_check():
    accuracy = pages.check("training.cnn_accuracy", visibility="hidden", public_points=0.1)
    report = pages.report((replace(pages.CHECKS[0], public_points=0.1), accuracy))
    figures = seen_by(report, STUDENT).report.figures
    assert figures
    assert not [name for name in figures if "cnn" in name]


@pytest.mark.parametrize("verdict", [Verdict.WRONG, Verdict.STUDENT_ERROR])
def test_the_verdict_is_that_of_the_checks_that_are_shown(verdict):
    report = pages.report(
        (replace(pages.CHECKS[0], public_points=0.1), hidden(public_points=0.1)),
        verdict=verdict,
        cells=(),
    )
    assert seen_by(report, STUDENT).report.verdict is Verdict.OK
    assert seen_by(with_hidden(cells=()), STUDENT).report.verdict is Verdict.WRONG
    assert seen_by(with_hidden(), STUDENT).report.verdict is Verdict.STUDENT_ERROR


def test_a_withheld_report_has_no_score_for_anybody():
    report = with_hidden(status="withheld", verdict=Verdict.GRADER_FAILURE)
    assert seen_by(report, STUDENT).report.score == 0


def test_without_their_own_points_nothing_is_shown():
    with pytest.raises(audience.NotScored, match=r"cnn\.builds"):
        seen_by(pages.report((*pages.CHECKS, hidden())), STUDENT)
    with pytest.raises(ValueError, match="audience='dean'"):
        seen_by(pages.report(), "dean")


# As if every hidden check had passed


def results(**failed):
    found = {id_: CheckResult(id_, Status.PASSED) for id_ in catalog.catalogue()}
    for name, mistake in failed.items():
        id_ = name.replace("__", ".")
        finding = Finding("w", "e", "a", mistake, "block 1")
        found[id_] = CheckResult(id_, Status.FAILED, (finding,))
    return tuple(found.values())


def public(found, hidden_ids):
    rubric_ = rubric.load()
    rubric_ = replace(
        rubric_, visibility={**rubric_.visibility, **dict.fromkeys(hidden_ids, "hidden")}
    )
    scored = rubric.score(found, rubric_)
    report = pages.report(scored.checks)
    return {
        c.id: c.public_points for c in audience.with_public_points(report, found, rubric_).checks
    }


def test_what_hidden_checks_found_changes_no_public_point():
    seen = ["cnn.gradients", "cnn.registered"]
    right = public(results(cnn__blocks="pool_after_relu"), seen)
    wrong = public(
        results(
            cnn__blocks="pool_after_relu", cnn__gradients="gradient_cut", cnn__registered="missing"
        ),
        seen,
    )
    visible = right.keys() - {*seen}
    assert {id_: right[id_] for id_ in visible} == {id_: wrong[id_] for id_ in visible}
    assert right["cnn.blocks"] < public(results(), seen)["cnn.blocks"]


def test_a_rubric_without_hidden_checks_adds_nothing():
    assert set(public(results(), ()).values()) == {None}
