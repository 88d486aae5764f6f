"""The gradebook for Canvas: matched by id, every other cell as Canvas had it."""

import csv
import io
import re
from dataclasses import replace

import pytest

from grader.basics.exits import BadInput
from grader.model import Student, Submission
from grader.platforms.canvas import gradebook
from grader.reports.overview import overview
from tests.class_parts import marked, report, withheld

HEADER = "Student,ID,SIS User ID,SIS Login ID,Section,A1 (111),Assignment 2 (222),Final Score"
TOP = "    Points Possible,,,,,10.00,3.00,(read only)"
ROWS = (
    '"Zhao, Ada",1001,sis-a,ada,LEC01,9.00,,90',
    '"Roy, Bo",1002,sis-b,bo,LEC01,8.00,EX,80',
    '"Li, Chen",1003,sis-c,chen,LEC02,7.00,1.50,70',
    '"Kaur, Dana",1004,sis-d,dana,LEC02,6.00,,60',
    '"Student, Test",1005,,test,LEC01,,,',
)
GRADEBOOK = "\ufeff" + "\r\n".join([HEADER, TOP, *ROWS]) + "\r\n"


def student(*names, **changes):
    id_ = names[0]
    return report(id_, submission=Submission(id_, students=(Student(*names, **changes),)))


def filled(reports, marks=None, *, text=GRADEBOOK, wanted="Assignment 2", **options):
    with_marks = [marked(r, **(marks or {}).get(r.submission.id, {})) for r in reports]
    download = gradebook.read(text.encode(), "grades.csv")
    column = gradebook.assignment(download, wanted)
    return gradebook.fill(
        download, column, overview(with_marks).rows, **{"total": False, **options}
    )


def table(data):
    """Read as Canvas does: the heading, the points possible, scores by Canvas's id."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
    header = rows[0]
    assert header[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert len(header) == 6
    assert all(len(row) == 6 for row in rows)
    assert rows[1][0].startswith("    Points Possible")
    return header[5], {row[1]: row[5] for row in rows[2:]}


NONE = ": no submission; left as it was"


def told(found):
    """Return the notes on those who handed in."""
    return tuple(note for note in found.notes if not note.endswith(NONE))


def test_who_handed_nothing_in_is_named():
    found = filled([student(name) for name in ("ada", "1002", "sis-d")])
    assert found.notes == (
        "Roy, Bo: excused in Canvas; left so", f"Li, Chen{NONE}", f"Student, Test{NONE}",
    )  # fmt: skip


def test_scores_go_to_canvas_ids_and_everything_else_stays():
    found = filled([student("zhaoada", platform_id="1001")])
    heading, scores = table(found.data)
    assert heading == "Assignment 2 (222)"
    assert scores == {"1001": "3.00", "1002": "EX", "1003": "1.50", "1004": "", "1005": ""}
    assert (found.written, told(found)) == (1, ())


def test_login_and_sis_ids_match_too_and_names_never_do():
    class_ = [student("ada"), student("sis-d"), student("Li, Chen", name="Li, Chen")]
    found = filled(class_)
    assert table(found.data)[1] == {
        "1001": "3.00", "1002": "EX", "1003": "1.50", "1004": "3.00", "1005": "",
    }  # fmt: skip
    assert told(found) == ("Li, Chen: no student of the gradebook has its id; not written",)


def test_an_excused_student_stays_excused_and_it_is_said():
    found = filled([student("bo")])
    assert table(found.data)[1]["1002"] == "EX"
    assert told(found) == ("Roy, Bo: excused in Canvas; left so",)
    assert found.written == 0


def test_a_withheld_report_leaves_the_cell_as_it_was():
    held = withheld("chen", submission=Submission("chen", students=(Student("chen"),)))
    found = filled([held])
    assert table(found.data)[1]["1003"] == "1.50"
    assert told(found) == ("Li, Chen: withheld, so no score: the sandbox died",)


def test_a_total_is_written_only_where_every_mark_is_there():
    class_ = [student("ada"), student("chen")]
    text = GRADEBOOK.replace("10.00,3.00,", "10.00,3.70,")
    found = filled(class_, {"ada": {"A2": 0.3, "B3": 0.155}}, text=text, total=True)
    assert table(found.data)[1]["1001"] == "3.46"  # 3.455, two decimals
    assert table(found.data)[1]["1003"] == "1.50"
    assert told(found) == ("Li, Chen: not marked in full, so no total; left as it was",)


def test_all_members_of_a_group_get_the_score():
    group = Submission("team", students=(Student("ada"), Student("dana")))
    scores = table(filled([report("team", submission=group)]).data)[1]
    assert (scores["1001"], scores["1004"]) == ("3.00", "3.00")


def test_two_submissions_of_one_student_are_not_chosen_between():
    twice = [report(name, submission=Submission(name, students=(Student("ada"),))) for name in "xy"]
    found = filled(twice)
    assert table(found.data)[1]["1001"] == ""
    assert len(told(found)) == 2


def test_other_points_possible_are_refused_unless_scaled():
    text = GRADEBOOK.replace("10.00,3.00,", "10.00,100.00,")
    with pytest.raises(BadInput, match=r"Canvas has 100 points possible, these scores go to 3"):
        filled([student("ada")], text=text)
    half = replace(student("ada"), score=1.5)
    assert table(filled([half], text=text, scale=True).data)[1]["1001"] == "50.00"


def test_a_name_that_is_a_formula_is_made_harmless():
    text = GRADEBOOK.replace('"Zhao, Ada"', '"=HYPERLINK(1)"')
    rows = list(csv.reader(io.StringIO(filled([student("ada")], text=text).data.decode())))
    assert rows[2][0] == "'=HYPERLINK(1)"


def test_rows_above_the_points_stay_where_they_are():
    text = GRADEBOOK.replace(TOP, ",,,,,,Manual Posting,\r\n" + TOP)
    lines = filled([student("ada")], text=text).data.decode().splitlines()
    assert lines[1] == ",,,,,Manual Posting"
    assert lines[2].startswith("    Points Possible")


@pytest.mark.parametrize("wanted", ["Assignment 2", "222", "Assignment 2 (222)"])
def test_an_assignment_is_named_by_title_id_or_heading(wanted):
    download = gradebook.read(GRADEBOOK.encode())
    assert gradebook.assignment(download, wanted) == 6


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (None, r"--assignment is needed, with a title or an id of: A1 \(111\); Assignment 2"),
        ("Essay", r"--assignment Essay: 0 columns fit; those of the gradebook: A1 \(111\)"),
    ],
)
def test_what_fits_no_single_assignment_is_refused_with_those_there_are(wanted, words):
    with pytest.raises(BadInput, match=words):
        gradebook.assignment(gradebook.read(GRADEBOOK.encode()), wanted)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", b"name,id\nx,1\n", b"PK\x03\x04", b'Student,ID\n"unclosed\n']
)
def test_what_is_no_gradebook_is_refused_in_one_line(data):
    with pytest.raises(BadInput, match=r"^grades\.csv: .*Canvas") as caught:
        gradebook.read(data, "grades.csv")
    assert "\n" not in str(caught.value)


BARE = GRADEBOOK.lstrip("\ufeff")


def locale(text):
    """Return a gradebook as Canvas exports it with semicolons, a mark and decimal commas."""
    rows = [
        [re.sub(r"(\d)\.(\d)", r"\1,\2", c) for c in row] for row in csv.reader(io.StringIO(text))
    ]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("written", [GRADEBOOK.lstrip("\ufeff"), locale(BARE)])
def test_every_way_in_which_canvas_or_a_spreadsheet_saves_it(written, encoding):
    text = written.replace("Zhao, Ada", "Zoë, Ada")
    download = gradebook.read(text.encode(encoding), "grades.csv")
    column = gradebook.assignment(download, "222")
    rows = overview([student("zoeada", platform_id="1001")]).rows
    found = gradebook.fill(download, column, rows, total=False)
    heading, scores = table(found.data)
    assert heading == "Assignment 2 (222)"
    assert scores["1001"] == "3.00"
    assert scores["1003"] in ("1.50", "1,50")  # Canvas reads both
    assert "Zoë, Ada" in found.data.decode()


def test_points_possible_with_a_decimal_comma_are_compared_too():
    text = locale(BARE).replace("10,00;3,00", "10,00;10,00")
    with pytest.raises(BadInput, match=r"Canvas has 10 points possible, these scores go to 3"):
        filled([student("ada")], text=text)
    scaled = filled([student("ada")], text=text, scale=True)
    assert "10.00" in scaled.data.decode()


def test_names_in_two_columns():
    text = GRADEBOOK.replace("Student,ID", "LastName,FirstName,ID").replace(
        "    Points Possible,", "    Points Possible,,"
    )
    text = re.sub(r'"(\w+), (\w+)"', r"\1,\2", text)
    found = filled([student("ada"), student("bo")], text=text)
    rows = list(csv.reader(io.StringIO(found.data.decode())))
    assert rows[0][:3] == ["LastName", "FirstName", "ID"]
    assert [row[-1] for row in rows[1:]] == ["3.00", "3.00", "EX", "1.50", "", ""]
    assert told(found) == ("Roy, Bo: excused in Canvas; left so",)


def test_who_has_no_such_assignment_keeps_that():
    text = GRADEBOOK.replace("LEC02,6.00,,60", "LEC02,6.00,N/A,60")
    found = filled([student("dana")], text=text)
    assert table(found.data)[1]["1004"] == "N/A"
    assert told(found) == ("Kaur, Dana: the assignment is not this student's in Canvas; left so",)
