"""`grader merge`: from a filled-in table to the gradebook, all of it or nothing."""

import csv
import io

import pytest

from grader.basics import storage
from grader.cli import main as cli
from grader.model import GradeReport, ManualQuestion, Submission


@pytest.fixture
def out(tmp_path):
    """Return a folder with the reports of two submissions."""
    manual = (ManualQuestion("A2", "Pictures", 0.3, "brown"), ManualQuestion("B3", "Skips", 0.4))
    for name in ("ada", "bob"):
        report = GradeReport(Submission(name), "graded", 2.0, 3.2, "none", manual=manual)
        storage.save_report(tmp_path / "results" / name, report)
    return tmp_path / "results"


def merge(out, *rows, table="filled.csv"):
    path = out.parent / table
    path.write_text("\n".join(["submission,question,points,comment", *rows]))
    return cli.main(["merge", str(out), str(path)])


def gradebook(out):
    text = (out / "gradebook.csv").read_text("utf-8-sig")
    return {row["submission"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def test_points_arrive_in_the_gradebook(out, capsys):
    assert merge(out, "ada,A2,0.3,fine", "ada,B3,0,") == 0
    path = out.parent / "filled.csv"
    assert capsys.readouterr().out == f"{path} merged: 2 new; 2 of 4 still to mark\n"
    row = gradebook(out)["ada"]
    assert (row["manual"], row["total"], row["A2 manual"]) == ("0.30", "2.30", "0.30")
    assert gradebook(out)["bob"]["total"] == ""
    assert merge(out, "bob,A2,0.1,", "bob,B3,0.4,") == 0
    assert gradebook(out)["bob"]["total"] == "2.50"
    assert gradebook(out)["ada"]["total"] == "2.30"


def test_two_markers_never_undo_each_other(out, capsys):
    """The table of the folder shows what the other merged; only own changes are still to merge."""
    merge(out)
    table = (out / "marks.csv").read_text("utf-8-sig")
    mine = table.replace("Pictures,0.3,,,brown", "Pictures,0.3,0.2,mine,brown")
    (out / "marks.csv").write_text(mine)
    cli.main(["merge", str(out)])
    merge(out, "ada,A2,0.3,other", table="second.csv")
    said = capsys.readouterr().out
    assert "note: ada A2: 0.2 before, 0.3 now" in said
    assert "not merged yet" not in said
    assert "Pictures,0.3,0.3,other,brown" in (out / "marks.csv").read_text("utf-8-sig")
    cli.main(["merge", str(out)])
    assert gradebook(out)["ada"]["A2 manual"] == "0.30"


def test_points_and_comments_reach_the_report_and_its_page(out):
    merge(out, "ada,A2,0.3,well <seen>", "ada,B3,0.1,")
    report = storage.load_report(out / "ada")
    assert [(q.points, q.comment) for q in report.manual] == [(0.3, "well <seen>"), (0.1, "")]
    page = (out / "ada" / "report.html").read_text()
    assert "2.40" in page
    assert "well &lt;seen&gt;" in page
    merge(out, "ada,A2,-,")
    assert storage.load_report(out / "ada").manual[0].points is None
    assert "well &lt;seen&gt;" not in (out / "ada" / "report.html").read_text()


def test_merging_twice_is_merging_once(out):
    merge(out, "ada,A2,0.3,fine")
    first = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    merge(out, "ada,A2,0.3,fine")
    again = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    assert again.pop("grader.log") != first.pop("grader.log")  # both are told there
    assert again == first


def test_one_wrong_row_and_nothing_is_merged(out, capsys):
    assert merge(out, "ada,A2,0.3,", "ada,B3,4,", "eve,A2,0.1,") == 2
    path = out.parent / "filled.csv"
    assert capsys.readouterr().err == (
        f"grader: {path}: line 3: ada B3: points '4' are not from 0 to 0.4\n"
        f"grader: {path}: line 4: no submission 'eve' among the results\n"
        f"grader: {path}: 2 wrong rows, so nothing was merged\n"
    )
    assert not (out / "marks.json").exists()


def test_the_table_of_the_folder_is_taken_by_its_name_or_without(out, capsys):
    merge(out)
    table = (out / "marks.csv").read_text("utf-8-sig").replace(",0.3,,", ",0.3,0.2,")
    (out / "marks.csv").write_text(table)
    capsys.readouterr()
    assert cli.main(["merge", str(out)]) == 0
    assert capsys.readouterr().out == f"{out / 'marks.csv'} merged: 2 new; 2 of 4 still to mark\n"
    assert cli.main(["merge", str(out), "marks.csv"]) == 0
    assert gradebook(out)["bob"]["A2 manual"] == "0.20"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["{out}", "absent.csv"],
            (
                "grader: absent.csv: no such file, nor is there one in {out}/; give a filled-in "
                "table\n"
            ),
        ),
        (["{out}/ada"], "grader: {out}/ada: no graded submissions; give the folder of results\n"),
    ],
)
def test_wrong_use_is_one_line(out, capsys, arguments, line):
    assert cli.main(["merge", *(a.format(out=out) for a in arguments)]) == 2
    assert capsys.readouterr().err == line.format(out=out)
