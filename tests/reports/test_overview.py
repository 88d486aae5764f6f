import csv
import io
import itertools
import json
import time
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from grader.kernel import causes
from grader.model import CellRun, LeftOut, Outcome, Status, Student, StudentError, Verdict
from grader.reports import classfiles, classpage, gradebook, summary
from grader.reports.overview import overview
from grader.reports.spread import distribution
from tests.class_parts import a_class, check, marked, report, withheld


def rows(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_total_needs_every_manual_mark():
    whole, half, none = (
        overview([marked(report(), **marks)]).rows[0]
        for marks in ({"A2": 0.2, "B3": 0.4}, {"A2": 0.2}, {})
    )
    assert (whole.manual_points, whole.total, whole.total_max) == (0.6, 3.6, 3.7)
    assert (half.manual_points, half.total, half.marked) == (None, None, False)
    assert (none.total, none.automatic) == (None, 3.0)


def test_a_withheld_report_has_no_number_anywhere():
    found = overview([marked(withheld(), A2=0.3, B3=0.4), report()])
    row = next(row for row in found.rows if row.id == "bo")
    assert row.automatic is None
    assert row.total is None
    assert found.automatic.count == 1
    assert found.automatic.lowest == 3.0
    assert [c.of for c in found.checks] == [1] * len(found.checks)
    assert [r.id for r in found.withheld] == ["bo"]


def test_pass_rates_count_every_status_once():
    class_ = [
        report("a"),
        report("b", (check("cnn.blocks", Status.FAILED),)),
        report("c", (check("cnn.blocks", Status.ERROR),)),
        report("d", (check("cnn.blocks", Status.SKIPPED),)),
    ]
    rate = next(c for c in overview(class_).checks if c.id == "cnn.blocks")
    assert (rate.passed, rate.failed, rate.error, rate.skipped, rate.rate) == (1, 1, 1, 1, 0.25)


def test_mistakes_are_counted_once_a_submission_commonest_first():
    twice = (
        check("cnn.blocks", Status.FAILED, mistakes=("pool_after_relu",)),
        check("unet.values", Status.FAILED, mistakes=("pool_after_relu", "width_wrong")),
    )
    class_ = [report("a", twice), report("b", twice[:1]), report("c")]
    found = overview(class_).mistakes
    assert [(m.id, m.submissions) for m in found] == [
        ("pool_after_relu", ("a", "b")),
        ("width_wrong", ("a",)),
    ]
    assert found[0].checks == ("cnn.blocks", "unet.values")


def test_what_was_only_noted_is_no_mistake():
    noted = check("cnn.blocks", Status.PASSED, mistakes=("upsample_after_relu",))
    assert overview([report("a", (noted,))]).mistakes == ()


def test_what_failed_for_a_reason_of_ours_is_counted():
    absent = StudentError("ModuleNotFoundError", "No module named 'x'", "import x")
    mine = StudentError("NameError", "name 'y' is not defined", "y")
    left = (LeftOut(1, absent), LeftOut(3, mine), LeftOut(4, absent))
    cells = (CellRun(2, Outcome.RAISED, 0.1, absent, left),)
    class_ = [report("a", cells=cells), report("b")]
    cause = causes.Cause.PACKAGE.value
    plain = json.loads(summary.summary(class_))
    assert plain["world"] == {"statements": 2, "causes": {cause: 2}, "submissions": ["a"]}
    page = classpage.page(overview(class_))
    assert cause in page
    assert "Failed for a reason of ours" not in classpage.page(overview([report("b")]))


def test_the_seed_of_the_run_is_not_told():
    found = overview([report()])
    assert "seed" not in found.environment
    assert b"4711" not in summary.summary([report()])


def test_measured_times_replace_those_of_the_report():
    found = overview([report()], seconds={"ada": {"start": 1.0, "notebook": 2.5}})
    assert found.rows[0].seconds == {"start": 1.0, "notebook": 2.5}
    assert overview([report()]).rows[0].seconds == {"notebook": 1.75, "checks": 1.0}


@pytest.mark.parametrize("most", [0.2, 3.2, 6.0, 100.0])
def test_bars_reach_from_nothing_to_the_maximum_and_hold_every_score(most):
    scores = [0.0, most / 3, most / 2, most, most * 1.1]
    bars = distribution(scores, most).bars
    assert bars[0].low == 0
    assert bars[-1].high == most
    assert sum(bar.count for bar in bars) == len(scores)
    assert len(bars) <= 14
    assert all(a.high == b.low for a, b in itertools.pairwise(bars))


def test_without_scores_there_are_no_bars():
    assert distribution([None], 3.2).bars == ()
    assert distribution([], 0).mean is None


class Table(HTMLParser):
    """Reads the table of submissions: id, and the value that each cell sorts by."""

    def __init__(self):
        super().__init__()
        self.inside, self.rows, self.facts, self.text = False, {}, [], ""

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "section":
            self.inside = attributes.get("id") == "submissions"
        if self.inside and tag == "th" and attributes.get("scope") == "row":
            self.current = self.rows.setdefault(attributes["data-value"], [])
        if self.inside and tag == "td":
            self.current.append(attributes.get("data-value"))


def test_summary_gradebook_and_page_carry_the_same_numbers():
    class_ = a_class(40)
    class_ = [marked(r, A2=0.25, B3=0.1) if i % 2 else r for i, r in enumerate(class_)]
    missing = [Student("s99", "Zoe")]
    plain = json.loads(summary.summary(class_, missing))
    book = rows(gradebook.gradebook(class_, missing))
    table = Table()
    table.feed(classpage.index(class_, missing))
    assert [row["id"] for row in plain["rows"]] == list(table.rows)
    assert [row["submission"] for row in book] == [*table.rows, ""]
    for row, line in zip(plain["rows"], book, strict=False):
        cells = table.rows[row["id"]]
        for name, cell in (("automatic", cells[0]), ("total", cells[-5]), ("manual", cells[-6])):
            assert line[name] == ("" if row[name] is None else gradebook.number(row[name]))
            assert (float(cell) if cell else None) == row[name], (row["id"], name)
        for question, points in row["questions"].items():
            if question != "hand-in":
                assert float(line[f"{question} automatic"]) == points
        for question, points in row["marks"].items():
            assert line[f"{question} manual"] == ("" if points is None else f"{points:.2f}")
        assert line["mistakes"].split() == row["mistakes"]
    assert any(row["automatic"] is None for row in plain["rows"])
    assert book[-1]["status"] == "missing"
    assert book[-1]["automatic"] == ""


def test_sums_of_the_summary_are_those_of_its_rows():
    plain = json.loads(summary.summary(a_class(40)))
    scores = [row["automatic"] for row in plain["rows"] if row["automatic"] is not None]
    assert plain["automatic"]["count"] == len(scores) == plain["graded"]
    assert plain["automatic"]["mean"] == pytest.approx(sum(scores) / len(scores))
    assert sum(bar["count"] for bar in plain["automatic"]["bars"]) == len(scores)
    for mistake in plain["mistakes"]:
        made = [row["id"] for row in plain["rows"] if mistake["id"] in row["mistakes"]]
        assert mistake["submissions"] == made
        assert mistake["count"] == len(made)


def test_a_group_has_a_row_for_each_member():
    group = report("team", students=(Student("a", "Ada"), Student("b", "Bo")))
    found = rows(gradebook.gradebook([group]))
    assert [(row["submission"], row["student"], row["automatic"]) for row in found] == [
        ("team", "a", "3.00"),
        ("team", "b", "3.00"),
    ]


def test_no_cell_of_a_students_is_a_formula():
    evil = report("=1+1", students=(Student("@SUM(A1)", "+cmd|calc", email="\t=x"),))
    row = rows(gradebook.gradebook([evil]))[0]
    assert row["submission"] == "'=1+1"
    assert row["student"] == "'@SUM(A1)"
    assert row["name"] == "'+cmd|calc"
    assert row["email"].startswith("'")


def test_the_files_of_a_class_are_those_of_the_single_functions_and_quick():
    class_ = a_class(300)
    classfiles.class_files(class_[:2])  # templates are read once
    started = time.process_time()
    files = classfiles.class_files(class_)
    assert time.process_time() - started < 1.0
    assert files["gradebook.csv"] == gradebook.gradebook(class_)
    assert files["summary.json"] == summary.summary(class_)
    assert files["index.html"].decode() == classpage.index(class_)


def test_a_question_that_one_broken_cell_took_is_named():
    lost = check("unet.values", Status.FAILED, 0.0, ("missing",))
    syntax = CellRun(20, Outcome.RAISED, error=StudentError("SyntaxError", "'(' was never closed"))
    named = CellRun(25, Outcome.RAISED, error=StudentError("NameError", "name 'UNet'"))
    one = report("bo", (lost,), cells=(named, syntax), verdict=Verdict.STUDENT_ERROR)
    nothing = tuple(replace(q, points=0.0) if q.id == lost.question else q for q in one.questions)
    (row,) = overview([replace(one, questions=nothing)]).rows
    assert row.broken == f"{lost.question} lost to cell 21, which raises SyntaxError"
    assert row.broken in classpage.index([replace(one, questions=nothing)])
    assert overview([one]).rows[0].broken == ""  # it kept points


def test_the_verdict_in_words():
    assert overview([report(verdict=Verdict.STUDENT_ERROR)]).rows[0].word == "student error"
    right = report(verdict=Verdict.WRONG)
    assert overview([right]).rows[0].word == "ok, with remarks"
    assert overview([replace(right, score=0.1)]).rows[0].word == "wrong"
