"""What a person decides in the grader's place: merged, shown, kept, undone; points add up."""

import csv
import io
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.basics import storage
from grader.basics.exits import BadInput
from grader.batch import record
from grader.cli import main as cli
from grader.judging.catalog import catalogue
from grader.model import (
    CheckResult,
    Decision,
    Status,
    SubmissionFile,
)
from grader.platforms import classroom50, junit
from grader.platforms.gradescope import results as gradescope
from grader.platforms.markus import results as markus
from grader.reports import decided, terminal, wording
from grader.reports.overview import overview
from grader.scoring import overrides, overrides_table, reporting, rubric
from grader.scoring.overrides import Overrides
from tests.graded import OTHER, POOL, SHIPPED, held, passed, put, report, results

HIDING = rubric.of(
    rubric.SHIPPED.read_bytes() + b'"cnn.values" = "hidden"\n"finetune.loop" = "hidden"\n', "hiding"
)
HEADER = "submission,question or check,points or verdict,reason,who\n"


@pytest.fixture
def out(tmp_path):
    """Return a folder in which Ada pooled behind the ReLU, and nobody else did anything wrong."""
    folder = tmp_path / "out"
    put(folder, "ada", results(cnn_blocks=(POOL,), cnn_values=(POOL,)))
    put(folder, "bob", passed())
    storage.write(folder / record.FILE, storage.to_json(record.of_rubric(None)))
    return folder


def merge(out, *rows, table=None):
    path = out / "overrides.csv" if table is None else out.parent / table
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return cli.main(["merge", str(out), *([] if table is None else [str(path)])])


def points(out, name="ada"):
    return {q.id: q.points for q in storage.load_report(out / name).questions}


def gradebook(out):
    text = (out / "gradebook.csv").read_text("utf-8-sig")
    return {row["submission"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def test_a_check_that_passes_by_a_decision_costs_nothing_in_its_question(out, capsys):
    assert points(out)["A1"] == 0.64
    assert merge(out, "ada,cnn.blocks,passed,a pooling of stride 2 is one,Kim") == 0
    said = capsys.readouterr().out
    assert "note: ada A1: 0.64 before, 0.80 of 0.80 now" in said
    assert f"{out / 'overrides.csv'} merged: decisions: 1 new" in said
    found = storage.load_report(out / "ada")
    assert {c.status for c in found.checks} == {Status.PASSED}
    assert (found.score, points(out)["A1"]) == (3.2, 0.8)
    text = "cnn.blocks: passed (failed before): a pooling of stride 2 is one"
    assert found.decisions == (
        Decision("cnn.blocks", "a pooling of stride 2 is one", "Kim", verdict="passed",
                 before="failed"),
    )  # fmt: skip
    assert f"decided by a person: {text}" in " ".join(terminal.render(found).split())
    page = (out / "ada" / "report.html").read_text()
    assert "Decided by a person" in page
    assert "a pooling of stride 2 is one" in page
    assert "Kim" not in page  # for the staff
    assert gradebook(out)["ada"]["decisions"] == f"{text} [Kim]"
    assert "decided by a person" in (out / "index.html").read_text()


def test_what_else_such_a_check_found_is_still_charged(out):
    put(out, "ada", results(cnn_blocks=(POOL,), cnn_values=(POOL, OTHER)))
    merge(out, "ada,cnn.blocks,passed,fine,Kim")
    found = {c.id: c for c in storage.load_report(out / "ada").checks}
    assert found["cnn.values"].status is Status.FAILED
    assert found["cnn.values"].findings == (OTHER,)
    assert points(out)["A1"] == pytest.approx(0.8 * 0.85)


def test_points_of_a_question_and_of_a_check(out):
    merge(out, "ada,A1,0.7,as agreed,Kim", "bob,finetune.head,0.1,half of it,Kim")
    assert points(out)["A1"] == 0.7
    assert points(out, "bob")["C2"] == pytest.approx(0.7 - 0.175 + 0.1)
    for name in ("ada", "bob"):
        adds_up(storage.load_report(out / name))


def test_a_check_that_fails_by_a_decision_says_why(out):
    merge(out, "bob,cnn.registered,failed,copied from a friend,Kim")
    (lost,) = [c for c in storage.load_report(out / "bob").checks if c.status is Status.FAILED]
    assert lost.id == "cnn.registered"
    assert lost.findings[0].actual == "a person decided otherwise: copied from a friend"
    assert points(out, "bob")["A1"] == pytest.approx(0.8 * 0.95)


def test_a_row_that_is_taken_out_is_undone(out, capsys):
    merge(out, "ada,A1,0.7,as agreed,Kim")
    merge(out)  # its page is there now
    before = {p: p.read_bytes() for p in out.glob("*/report.*")}
    merge(out, "ada,A1,0.7,as agreed,Kim", "ada,bonus,0.1,fine pictures,Kim")
    assert {p: p.read_bytes() for p in out.glob("ada/report.*")} != before
    assert merge(out, "ada,bonus,0.1,fine pictures,Kim") == 0
    said = capsys.readouterr().out
    assert "note: ada A1: 0.70 before, 0.64 of 0.80 now" in said
    assert "1 as before, 1 undone" in said
    assert merge(out) == 0
    assert {p: p.read_bytes() for p in out.glob("ada/report.*")} == {
        p: data for p, data in before.items() if p.parent.name == "ada"
    }


def test_another_table_adds_to_that_of_the_folder(out):
    merge(out, "ada,A1,0.7,as agreed,Kim")
    assert merge(out, "bob,deduction,0.3,a day late,Lee", table="lee.csv") == 0
    assert points(out)["A1"] == 0.7
    assert storage.load_report(out / "bob").automatic == 2.9
    rows = list(csv.reader(io.StringIO((out / "overrides.csv").read_text("utf-8-sig"))))
    assert rows == [
        list(overrides.COLUMNS),
        ["ada", "A1", "0.7", "as agreed", "Kim"],
        ["bob", "deduction", "0.3", "a day late", "Lee"],
    ]
    assert cli.main(["merge", str(out)]) == 0  # merging again changes nothing
    assert points(out)["A1"] == 0.7


def test_decisions_are_kept_through_rescore_and_a_new_result(out):
    merge(out, "ada,A1,0.7,as agreed,Kim", "ada,deduction,0.2,late,Kim")
    mine = out.parent / "mine.toml"
    mine.write_text(rubric.SHIPPED.read_text().replace("pool_after_relu = 0.2",
                                                       "pool_after_relu = 0.9"))  # fmt: skip
    assert cli.main(["rescore", str(out), "--rubric", str(mine)]) == 0
    assert points(out)["A1"] == 0.7
    assert storage.load_report(out / "ada").decisions[0].before == "0.08"
    put(out, "ada", passed())  # as a run puts a new result: without decisions
    cli.main(["merge", str(out)])
    assert storage.load_report(out / "ada").automatic == pytest.approx(3.1 - 0.2)


def test_a_decision_that_no_longer_fits_is_left_out_and_said(out, capsys):
    merge(out, "ada,A1,0.7,as agreed,Kim")
    mine = out.parent / "mine.toml"
    mine.write_text(rubric.SHIPPED.read_text().replace("automatic = 0.8", "automatic = 0.5"))
    cli.main(["rescore", str(out), "--rubric", str(mine)])
    assert points(out)["A1"] == 0.4
    capsys.readouterr()
    cli.main(["merge", str(out), "marks.csv"])
    assert (
        "note: ada A1: decided by a person, but left out now: points 0.7 are not from 0 to 0.5"
        in capsys.readouterr().out
    )


def test_who_hands_in_again_is_looked_at_again(out, capsys):
    merge(out, "ada,A1,0.7,as agreed,Kim")
    put(out, "ada", passed(), files=(SubmissionFile("a2-cnn.ipynb", 1, "other"),))
    capsys.readouterr()
    cli.main(["merge", str(out), "marks.csv"])
    assert "ada A1: handed in again since a person decided; look" in capsys.readouterr().out
    assert points(out)["A1"] == 0.7


def test_an_edited_table_that_is_not_merged_is_noted(out, capsys):
    merge(out, "ada,A1,0.7,as agreed,Kim")
    (out / "overrides.csv").write_text(HEADER + "ada,A1,0.5,as agreed,Kim\n")
    capsys.readouterr()
    cli.main(["merge", str(out), "marks.csv"])
    assert "note: overrides.csv is not merged yet; use `grader merge`" in capsys.readouterr().out
    assert points(out)["A1"] == 0.7


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("adda,A1,0.5,r,w", "no submission 'adda' among the results; did you mean 'ada'?"),
        ("ada,cnn.block,passed,r,w", "no question or check 'cnn.block'; did you mean 'cnn.blocks'"),
        ("ada,zzz,passed,r,w", "no question or check 'zzz'; `grader checks` lists them"),
        ("ada,A2,0.1,r,w", "a person marks it: its points go into marks.csv"),
        ("ada,A1,passed,r,w", "'passed' is a verdict on a check; give a question points"),
        ("ada,A1,0.9,r,w", "points 0.9 are not from 0 to 0.8"),
        ("ada,A1,-0.1,r,w", "points -0.1 are not from 0 to 0.8"),
        ("ada,A1,half,r,w", "'half' is neither a number nor a verdict"),
        ("ada,A1,,r,w", "'' is neither a number nor a verdict; give points, passed or failed"),
        ("ada,A1,nan,r,w", "'nan' is neither a number nor a verdict"),
        ("ada,A1,0.5,,w", "ada A1: no reason; the student reads it"),
        ("ada,A1,0.5,r,", "ada A1: no who; say who decided"),
        ("ada,bonus,0,r,w", "points 0 are not from above 0 to 6"),
        ("ada,bonus,7,r,w", "points 7 are not from above 0 to 6"),
        ("ada,deduction,passed,r,w", "a deduction is in points, not 'passed'"),
        ("cem,A1,0.5,r,w", "cem is withheld: there are no points to decide on"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_merged(out, capsys, row, reason):
    held(out, "cem")
    assert merge(out, "bob,A1,0.5,fine,Kim", row) == 2
    said = capsys.readouterr().err
    assert f"overrides.csv: line 3: {row.split(',')[0]}" in said or "line 3: no submission" in said
    assert reason in said
    assert "1 wrong row, so nothing was merged" in said
    assert not (out / "overrides.json").exists()
    assert points(out, "bob")["A1"] == 0.8


def test_the_same_thing_is_decided_once(out, capsys):
    assert merge(out, "ada,A1,0.5,r,w", "ada,A1,0.5,r,w") == 2
    assert "ada A1 is decided twice" in capsys.readouterr().err
    assert merge(out, "ada,A1,0.5,r,w", "ada,cnn.blocks,passed,r,w") == 2
    assert "ada cnn.blocks: A1, which holds it, is decided as well" in capsys.readouterr().err


def test_a_folder_that_does_not_know_its_rubric_says_what_to_do(out, capsys):
    (out / record.FILE).unlink()
    assert merge(out, "ada,A1,0.5,r,w") == 2
    assert "run `grader rescore` on it once, then merge" in capsys.readouterr().err


@pytest.mark.parametrize(
    "header",
    [
        "submission,question or check,points or verdict,who",
        "who,who,submission,question or check,points or verdict,reason",
    ],
)
def test_a_table_without_a_column_is_one_line(out, capsys, header):
    (out / "overrides.csv").write_text(header + "\n")
    assert cli.main(["merge", str(out)]) == 2
    assert "its first line must name the columns submission, question" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 9}', '{"overrides": {"a": [1]}}'])
def test_a_broken_store_is_one_line(tmp_path, text):
    (tmp_path / "overrides.json").write_text(text)
    with pytest.raises(BadInput) as caught:
        overrides.load(tmp_path)
    assert "\n" not in str(caught.value)


def test_bonus_and_deduction_in_every_export(out, monkeypatch):
    """Each platform gets the same total; where none can go below 0, it is spread."""
    for name in classroom50.TOLD.values():
        monkeypatch.setenv(name, "x")
    merge(out, "ada,deduction,0.25,late,Kim", "bob,bonus,0.4,fine,Kim")
    marks = "submission,question,points\n" + "".join(
        f"ada,{q.question},{q.max_points}\n" for q in storage.load_report(out / "ada").manual
    )
    (out.parent / "marks.csv").write_text(marks)
    cli.main(["merge", str(out), str(out.parent / "marks.csv")])
    ada, bob = (storage.load_report(out / name) for name in ("ada", "bob"))
    assert ada.total == pytest.approx(6 - 0.16 - 0.25)
    assert (bob.total, bob.automatic) == (None, 3.2)  # no bonus beyond the most points
    for one, total in ((ada, ada.total), (bob, 3.2)):
        exports_add_up(one, total)
    rows = {row.id: row for row in overview([ada, bob]).rows}
    assert (rows["ada"].total, rows["bob"].counted) == (ada.total, 3.2)
    assert gradebook(out)["ada"]["bonus"] == "-0.25"
    assert gradebook(out)["ada"]["total"] == "5.59"
    assert "total: 5.59 of 6.00" in terminal.render(ada)
    page = (out / "ada" / "report.html").read_text()
    assert "5.59" in page
    assert "deduction: −0.25 points: late" in page


def exports_add_up(one, total):
    """Assert that what each platform is sent adds up to the total."""
    scope = json.loads(gradescope.results(one))
    assert scope["score"] == pytest.approx(total)
    if not any(check.visibility == "hidden" for check in one.checks):
        assert sum(test["score"] for test in scope["tests"]) == pytest.approx(total, abs=2e-5)
    lines = [json.loads(line) for line in markus.lines(one)]
    earned = [line["marks_earned"] for line in lines if "marks_earned" in line]
    assert sum(earned) == pytest.approx(total, abs=0.006)
    assert min(earned) >= 0
    assert all(x["marks_earned"] <= x["marks_total"] for x in lines if "marks_earned" in x)
    room = classroom50.result(one, dict.fromkeys(classroom50.TOLD.values(), "x"))
    assert json.loads(room)["score"] == pytest.approx(total * 100, abs=1)
    suite = ET.fromstring(junit.junit([one]))[0]  # noqa: S314 - our own
    values = {p.get("name"): p.get("value") for p in suite.iter("property")}
    assert float(values["score"]) == pytest.approx(total, abs=1e-5)


def adds_up(one):
    """Assert that the points of a report are in range and add up."""
    for question in one.questions:
        checks = [check for check in one.checks if check.question == question.id]
        assert 0 <= question.points <= question.max_points + 1e-6
        assert sum(check.points for check in checks) == pytest.approx(question.points, abs=2e-5)
        assert all(-1e-9 <= check.points <= check.max_points + 1e-6 for check in checks)
        public = [c.public_points for c in checks if c.public_points is not None]
        assert all(p >= -1e-9 for p in public)
    assert one.score == pytest.approx(sum(q.points for q in one.questions))
    assert 0 <= one.automatic <= one.max_score + 1e-9


FOUND = st.sampled_from([(POOL,), (OTHER,), (POOL, OTHER), ()])
LOST = st.dictionaries(st.sampled_from(sorted(catalogue())), FOUND, max_size=6)
RULES = st.sampled_from([SHIPPED, HIDING])


@st.composite
def decisions(draw):
    """Draw a table's rows: on checks or whole questions, and on the whole."""
    found = []
    for question in SHIPPED.questions:
        if not question.automatic or not draw(st.booleans()):
            continue
        if draw(st.booleans()):
            share = draw(st.sampled_from([0, 0.25, 0.5, 1]))
            found.append(Decision(question.id, "r", "w", share * question.automatic))
            continue
        for name in draw(st.sets(st.sampled_from(sorted(question.checks)), max_size=3)):
            most = question.checks[name] * question.automatic
            how = draw(st.sampled_from(["passed", "failed", 0, 0.5, 1]))
            is_verdict = isinstance(how, str)
            found.append(
                Decision(name, "r", "w", None if is_verdict else how * most,
                         how if is_verdict else "")
            )  # fmt: skip
    changes = draw(st.sets(st.sampled_from(["bonus", "deduction"])))
    points_ = st.sampled_from([0.01, 0.3, 5.0])
    return (*found, *(Decision(name, "r", "w", draw(points_)) for name in sorted(changes)))


@settings(max_examples=40, deadline=None)
@given(rules=RULES, given_=decisions(), lost=LOST)
def test_points_stay_in_range_and_sums_add_up(rules, given_, lost):
    found = tuple(
        replace(r, status=Status.FAILED, findings=lost[r.id]) if r.id in lost else r
        for r in passed()
    )
    plain = report("ada", found, rules)
    one = reporting.rescore(plain, found, rules, given_)
    adds_up(one)
    exports_add_up(one, one.automatic)
    for decision in given_:
        if decision.points is not None and not decision.change:
            place = {q.id: q.points for q in one.questions} | {c.id: c.points for c in one.checks}
            assert place[decision.what] == pytest.approx(decision.points, abs=2e-5)
    undone = reporting.rescore(one, found, rules)
    assert undone == reporting.rescore(plain, found, rules)


@settings(max_examples=40, deadline=None)
@given(given_=decisions(), status=st.sampled_from([Status.PASSED, Status.FAILED, Status.ERROR]))
def test_what_hidden_checks_found_shows_nowhere(given_, status):
    """Whatever a hidden check found, a student's view is the same to the byte."""
    views = set()
    for outcome in (Status.PASSED, status):
        found = tuple(
            replace(r, status=outcome, findings=()) if HIDING.seen_by(r.id) == "hidden" else r
            for r in results(cnn_blocks=(POOL,))
        )
        one = reporting.rescore(report("ada", found, HIDING), found, HIDING, given_)
        shown = wording.for_students(one)
        views.add(storage.to_json(replace(shown, verdict=plain_verdict)))
        text = "\n".join(decided.lines(shown))
        assert "cnn.values" not in text
        assert "finetune.loop" not in text
    assert len(views) == 1


plain_verdict = report("ada", passed()).verdict


def test_numbers_of_a_question_with_hidden_checks_are_for_the_staff(tmp_path):
    out = tmp_path / "out"
    put(out, "ada", results(cnn_blocks=(POOL,)), HIDING)
    known = replace(record.of_rubric(None), rubric=rubric.SHIPPED.read_text()
                    + '"cnn.values" = "hidden"\n"finetune.loop" = "hidden"\n')  # fmt: skip
    storage.write(out / record.FILE, storage.to_json(known))
    merge(out, "ada,A1,0.5,as agreed on cnn.values,Kim", "ada,finetune.loop,passed,secret,Kim")
    one = storage.load_report(out / "ada")
    assert decided.lines(wording.for_students(one)) == ("A1: as agreed on another check",)
    assert decided.lines(one)[0] == (
        "A1: 0.50 of 0.80 points (0.64 before): as agreed on cnn.values [Kim]"
    )
    page = (out / "ada" / "report.html").read_text()
    assert "secret" not in page
    assert "cnn.values" not in page


def test_decisions_survive_a_round_trip():
    given_ = Overrides({"ada": (overrides.Override(Decision("A1", "r", "w", 0.5), "f"),)})
    assert storage.from_json(Overrides, overrides.to_json(given_)) == given_
    assert overrides_table.is_table(overrides.table(given_), "x")
    assert not overrides_table.is_table(b"submission,question,points\n", "x")


def rescored(out, old, new, name="mine.toml"):
    """Score a folder with the shipped rubric but for one text, and return the exit code."""
    mine = out.parent / name
    mine.write_text(rubric.SHIPPED.read_text().replace(old, new))
    return cli.main(["rescore", str(out), "--rubric", str(mine)])


def test_a_rescore_names_each_decision_that_it_leaves_out_and_later_merges_go_on(out, capsys):
    """Where the command is typed, on the class page, and without standing in another's way."""
    merge(out, "ada,A1,0.7,as agreed,Kim")
    capsys.readouterr()
    assert rescored(out, "automatic = 0.8", "automatic = 0.5") == 0
    why = "points 0.7 are not from 0 to 0.5"
    said = capsys.readouterr().out
    assert f"note: ada A1: decided by a person, but left out now: {why}\n" in said
    page = (out / "index.html").read_text()
    assert f"a person&#39;s decision is left out: A1 ({why})" in page
    assert merge(out, "ada,A1,0.7,as agreed,Kim", "bob,deduction,0.3,late,Lee") == 0
    said = capsys.readouterr().out
    assert f"left out now: {why}" in said
    assert "1 new, 1 as before" in said
    assert (points(out)["A1"], storage.load_report(out / "bob").change) == (0.4, -0.3)
    assert merge(out, "ada,A1,0.6,as agreed,Kim") == 2  # another one is new, and must fit
    assert "points 0.6 are not from 0 to 0.5" in capsys.readouterr().err
    cli.main(["rescore", str(out)])
    assert points(out)["A1"] == 0.7  # it fits again
    assert "left out" not in (out / "index.html").read_text()


def waiting(name, needed):
    return CheckResult(name, Status.SKIPPED, (), f"not judged: {needed} did not pass")


def test_what_waited_for_a_check_that_passes_by_a_decision_waits_no_more(out, capsys):
    """Neither in the report nor in `explain`, near or far; what another one holds up still does."""
    held_up = {
        "cnn.gradients": "cnn.output_shape",
        "training.cnn_accuracy": "cnn.values",
        "unet.values": "unet.builds",
    }
    lost = results(cnn_output_shape=(OTHER,), cnn_values=(POOL,), unet_builds=(OTHER,))
    found = [waiting(r.id, held_up[r.id]) if r.id in held_up else r for r in lost]
    put(out, "ada", tuple(found))
    merge(out, "ada,cnn.output_shape,passed,fine,Kim", "ada,cnn.values,passed,fine,Kim")
    said = {
        c.id: c.message for c in storage.load_report(out / "ada").checks if "judged" in c.message
    }
    freed = "not judged, for it waited for cnn.values; it costs nothing"
    assert said == {
        "cnn.gradients": "not judged, for it waited for cnn.output_shape; it costs nothing",
        "training.cnn_accuracy": freed,
        "unet.values": "not judged: unet.builds did not pass",
    }
    page = " ".join((out / "ada" / "report.html").read_text().split())
    assert freed in page
    assert page.count("for another check to pass first") == 1
    assert 'href="#check-cnn-values"' not in page
    capsys.readouterr()
    cli.main(["explain", str(out), "ada"])
    assert f"0.080 of 0.080  {freed}\n" in capsys.readouterr().out
    merge(out)
    said = {c.id: c.message for c in storage.load_report(out / "ada").checks}
    assert said["training.cnn_accuracy"] == "not judged: cnn.values did not pass"
