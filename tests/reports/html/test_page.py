"""report.html as text: what is there for whom, and that it is the same each time."""

import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from grader.basics import storage
from grader.judging.syntax import NOT_PYTHON
from grader.model import Cost, Decision, Finding, QuestionGrade, Status
from grader.reports import terminal
from grader.reports.html.findings import in_short, sections
from grader.reports.html.markup import POLICY
from grader.reports.html.nouns import Parts
from grader.reports.html.page import page
from grader.scoring.audience import NotScored
from tests import pages

SEED = "9876543210123"


def words(html):
    """Return the text of a page, without its style and tags, blanks as one."""
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def hidden_report(**changes):
    finding = Finding("a secret place", "a secret wish", "a secret thing", "gradient_cut")
    secret = pages.check(
        "cnn.gradients",
        Status.FAILED,
        [finding],
        visibility="hidden",
        public_points=0.1,
        points=0.0,
    )
    shown = [replace(c, public_points=c.points) for c in pages.CHECKS]
    return pages.report((*shown, secret), **changes)


def test_a_failed_check_says_what_expected_got_why_and_look_for():
    text = words(page(pages.report(), pages.parts()))
    assert "Title of cnn.blocks" in text
    assert (
        "what block 1 and block 2 of CNN expected MaxPool, ReLU got ReLU, MaxPool "
        "mistake The pooling comes after the ReLU pool_after_relu"
    ) in text
    assert "why why cnn.blocks matters. look for a hint to it where cell 2 of your notebook" in text


def test_a_drawing_says_that_a_person_decided_about_its_marks():
    decided_ = "A person has decided about these"
    plain = pages.report()
    assert decided_ not in page(plain, pages.parts())
    given = (Decision("cnn.blocks", "a pooling of stride 2 is one", "Kim", verdict="passed"),)
    assert decided_ in page(replace(plain, decisions=given), pages.parts())


def with_broken_cells():
    """Return a report on a notebook with two cells that are no Python, and other mistakes."""
    ran = [
        Finding("cell 25 `plot(a)`", "it runs", "NameError: name 'a'", "cell_raised"),
        Finding("cell 31 `class UNet`", "it runs", "it is not Python: line 3 `x = (`: '(' was "
                "never closed", "cell_raised"),
        Finding("cell 40 `def train`", "it runs", "it is not Python: line 1 `de`", "cell_raised"),
    ]  # fmt: skip
    cells = pages.check("handin.cells_run", Status.FAILED, ran, question="hand-in", max_points=0.0)
    return pages.report((*pages.CHECKS, cells))


def test_a_cell_that_is_not_python_stands_first():
    """What it defines is not there: on the page, and in the terminal before the questions."""
    report = with_broken_cells()
    asked = (QuestionGrade("hand-in", "The hand-in", 0.0, 0.0),)
    found = sections(replace(report, questions=(*report.questions, *asked)), {})
    first, second, *others = in_short(found)
    assert (first.finding.what, first.others) == ("cell 31 `class UNet`", 0)
    assert second.finding.what == "cell 40 `def train`"
    assert others[-1].finding.what == "cell 25 `plot(a)`"
    text = words(page(replace(report, questions=(*report.questions, *asked)), pages.parts()))
    start = "What to look at first A cell is not Python what cell 31 class UNet expected it runs"
    assert start in text
    lines = terminal.render(report)
    assert lines.index("mend first: cell 31 `class UNet`: it is not Python: line 3") < lines.index(
        "A1 "
    )
    assert "mend first: cell 25" not in lines


def test_what_a_cell_that_is_not_python_would_have_defined_is_lost_to_that_cell():
    """One cause, one headline, with what it cost; what is not there for another reason stays."""
    report = with_broken_cells()
    cell = report.checks[-1].findings[1]
    said = f"{cell.actual.removeprefix(NOT_PYTHON)}."
    gone = [
        Finding(f"{name}(3)", "a class", f"no {name}", "missing", hint=hint)
        for name, hint in (("UNet", said), ("CNN", None))
    ]
    costs = (Cost("missing", 0.5),)
    asked = (
        QuestionGrade("B1", "UNet", 0.0, 0.5, costs),
        QuestionGrade("A1", "CNN", 0.0, 0.5, costs),
        QuestionGrade("hand-in", "The hand-in", 0.0, 0.0),
    )
    lost = [
        pages.check(f"{name}.builds", Status.FAILED, [finding])
        for name, finding in zip(("unet", "cnn"), gone, strict=True)
    ]
    checks = (*lost, report.checks[-1])
    first, *others = in_short(sections(replace(report, questions=asked, checks=checks), {}))
    assert (first.finding.what, first.cost) == ("cell 31 `class UNet`", "\u22120.50")
    assert [h.finding.what for h in others if h.finding.mistake == "missing"] == ["CNN(3)"]


def test_without_a_notebook_that_is_said_once_and_everything_else_waits():
    reason = "no notebook (.ipynb), but a2.pdf"
    lost = [
        pages.check(name, Status.ERROR, [Finding(name, "an answer", f"no answer: {reason}")])
        for name in ("cnn.builds", "unet.builds")
    ]
    gone = Finding("the hand-in", "the notebook", reason, "notebook_missing")
    cause = pages.check("handin.notebook", Status.FAILED, [gone], question="hand-in")
    questions = tuple(QuestionGrade(q, q, 0.0, 0.5) for q in ("A1", "B1", "hand-in"))
    found = sections(pages.report((*lost, cause), questions=questions), {})
    assert [h.finding.actual for h in in_short(found)] == [reason]
    assert [s.check.id for section in found for s in section.failed] == ["handin.notebook"]
    waiting = {s.needs for section in found for s in section.skipped}
    assert waiting == {"handin.notebook"}


def test_the_head_says_the_score_and_what_a_person_marks():
    text = words(page(pages.report(), pages.parts()))
    assert "chen Chen Li" in text
    assert "0.32 of 0.50 automatic points 0.30 more points are marked by a person." in text
    assert "A2 What the pictures show (0.30) The answer that was found They are brown." in text
    assert "A1 CNN 0.22 / 0.40 1 of 4" in text


def test_a_skipped_check_names_what_it_waits_for():
    assert (
        "CNN_accuracy needs cnn.values".lower()
        in words(page(pages.report(), pages.parts())).lower()
    )


def test_a_mistake_that_trips_several_checks_is_named_once_and_by_its_cause():
    report = pages.report((pages.VALUES, pages.BLOCKS))
    (headline,) = in_short(sections(report, {}))
    assert headline.shown.check.id == "cnn.blocks"
    html = page(report, pages.parts())
    remarks = re.findall(r'<div class="remarks".*?</div>', html, re.DOTALL)
    assert [words(r).count("expected") for r in remarks[:1]] == [1]


def test_findings_stand_next_to_their_cell():
    html = page(pages.report(), pages.parts())
    cell = html[html.index('id="cell-2"') : html.index('id="cell-3"')]
    assert "block 1 and block 2 of CNN" in words(cell)
    assert '<details class="source">' not in cell  # it is not folded
    failing = html[html.index('id="cell-3"') :]
    assert "This cell raised an error: NameError: no `arg` (at `f(arg)`)" in words(failing)


def test_every_link_leads_somewhere_also_without_the_notebook():
    raised = pages.check(
        "handin.cells_run",
        Status.FAILED,
        [
            Finding(f"cell {n}", "it runs", "NameError", "cell_raised", f"cell {n}")
            for n in (3, 4, 99)
        ],
    )
    empty = {"cell_type": "code", "source": "", "outputs": []}
    for parts in (Parts(), pages.parts(), pages.parts(pages.notebook(empty))):
        html = page(pages.report((*pages.CHECKS, raised)), parts)
        links = set(re.findall(r'href="#([^"]+)"', html))
        assert links <= set(re.findall(r'\bid="([^"]+)"', html))
        assert ("cell-3" in links) is bool(parts.cells)


def test_a_text_without_end_is_cut():
    finding = Finding("x", "y" * 100_000, "z")
    html = page(pages.report((pages.check("cnn.values", Status.FAILED, [finding]),)), Parts())
    assert "y" * 100 in html
    assert "y" * 3000 not in html
    assert len(html) < 60_000


def test_a_student_reads_nothing_of_hidden_checks_nor_of_the_seed():
    html = page(hidden_report(), pages.parts(), "student")
    for secret in ("secret", "gradient", SEED, "hidden from"):
        assert secret not in html, secret
    assert "0.10 points are in hidden checks, which are not in this report." in words(html)
    assert "of 0.50 automatic points" in words(html)


def test_an_instructor_reads_everything():
    html = page(hidden_report(), pages.parts(), "instructor")
    for told in (
        "a secret place",
        "gradient_cut",
        SEED,
        "hidden from students",
        "for the instructor",
    ):
        assert told in html, told
    assert "of 0.60 automatic points" in words(html)


@pytest.mark.parametrize(
    ("check", "gone", "kept"),
    [
        ("cnn.blocks", "Your CNN as it ran", "What your CNN learned"),
        ("training.cnn_accuracy", "What your CNN learned", "Your CNN as it ran"),
    ],
)
def test_drawings_and_pictures_go_with_their_checks(check, gone, kept):
    checks = [
        replace(c, public_points=0.0, visibility="hidden" if c.id == check else "public")
        for c in pages.CHECKS
    ]
    text = words(page(pages.report(checks), pages.parts()))
    assert gone not in text
    assert kept in text
    assert gone in words(page(pages.report(checks), pages.parts(), "instructor"))


def test_a_report_scored_without_public_points_is_not_guessed():
    with pytest.raises(NotScored):
        page(pages.report((pages.check("cnn.builds", visibility="hidden"), pages.BLOCKS)), Parts())


def test_a_withheld_report_has_no_score_and_says_why():
    text = words(page(pages.withheld(), pages.parts()))
    assert "No score yet" in text
    assert "Reason: the sandbox did not start." in text
    assert "It is not a score of 0" in text
    assert "automatic points" not in text
    assert "0.00" not in text


def test_a_fault_of_the_grader_is_shown_to_the_instructor_alone():
    broken = pages.check("cnn.values", Status.BROKEN, message="KeyError: 'x'", points=0.0)
    report = pages.report(
        (broken,),
        status="withheld",
        score=0.0,
        questions=(),
        reason="the grader failed in cnn.values",
    )
    assert "KeyError" in page(report, pages.parts(), "instructor")
    assert "KeyError" not in page(report, pages.parts(), "student")


def test_everything_passed_is_said_only_when_it_is_true():
    right = pages.report((pages.check("cnn.builds"),))
    assert "Nothing to mend" in page(right, Parts())
    assert "Nothing to mend" not in page(
        pages.report((pages.check("cnn.builds"), pages.ACCURACY)), Parts()
    )


def test_the_policy_is_the_first_thing_after_the_charset_and_there_is_no_script():
    html = page(pages.report(), pages.parts())
    head = html[: html.index("<title>")]
    assert POLICY.replace("'", "&#39;") in head
    assert "<script" not in html
    addresses = re.findall(r"\b(?:src|href)=(.{0,24})", html)
    assert addresses
    assert not [a for a in addresses if not a.startswith(('"#', '"data:image/png;base64,'))]


def test_the_band_is_explained():
    text = words(page(pages.report(), pages.parts()))
    assert re.search(r"the middle 90&nbsp;% of \d+ runs of the reference", text)
    assert "needed 44.0%" in text
    assert "the reference, over many seeds 46.0% ± 1.0%" in text


def test_a_figure_that_did_not_count_is_not_called_enough():
    assert "47.0% not judged" in words(page(pages.report(), pages.parts()))
    judged = pages.report((pages.check("training.cnn_accuracy"),))
    assert "47.0% ✓ enough" in words(page(judged, pages.parts()))


def test_the_same_report_gives_the_same_bytes_also_after_a_round_trip():
    parts = pages.parts()
    again = storage.from_json(Parts, storage.to_json(parts))
    assert again == parts
    assert page(pages.report(), parts) == page(pages.report(), again)


def test_a_page_is_printed_quickly():
    report, parts = pages.report(), pages.parts(pages.notebook(*[
        {"cell_type": "code", "source": "x = f(1)  # why\n" * 60, "outputs": []} for _ in range(60)
    ]))  # fmt: skip
    page(report, parts)
    started = time.process_time()
    for _ in range(5):
        page(report, parts)
    assert (time.process_time() - started) / 5 < 0.15


def test_a_page_needs_no_torch():
    code = "import sys, grader.reports.html.page; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])
