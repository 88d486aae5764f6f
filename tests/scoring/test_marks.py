"""Manual marks: the table that is written, what comes back, and that no mark is ever lost."""

import csv
import io

import pytest

from grader.basics import csvfile
from grader.basics.exits import BadInput
from grader.model import GradeReport, ManualQuestion, Submission
from grader.scoring import marks, marks_writing
from grader.scoring.marks import Mark, Marks, WrongRows

HEADER = "submission,question,title,max_points,points,comment,answer\n"


def report(id_="ada", **answers):
    manual = (
        ManualQuestion("A2", "What the pictures show", 0.3, answers.get("A2", "brown")),
        ManualQuestion("B3", "Two reasons", 0.4, answers.get("B3")),
    )
    return GradeReport(Submission(id_), "graded", 1.0, 3.2, "bubblewrap", manual=manual)


CLASS = [report("bob"), report("ada")]


def merged(text, before=None, reports=None):
    data = text if isinstance(text, bytes) else text.encode()
    return marks.merge(data, "marks.csv", reports or CLASS, before or Marks())


UNMERGED = "points in marks.csv that are not merged yet: 1; use `grader merge`"


def rows(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def points(given):
    return {id_: {q: mark.points for q, mark in by.items()} for id_, by in given.marks.items()}


def filled(folder, **points):
    """Fill in cells of a marks.csv as a person does: `ada_A2="0.3"`."""
    path = folder / "marks.csv"
    table = rows(path.read_bytes())
    for row in table:
        key = f"{row['submission']}_{row['question']}"
        row["points"] = points.get(key, row["points"])
        row["comment"] = points.get(f"{key}_comment", row["comment"])
    path.write_bytes(csvfile.write(list(table[0]), [list(row.values()) for row in table]))


def test_a_row_for_each_submission_and_question(tmp_path):
    assert marks_writing.write(tmp_path, CLASS) == ()
    table = rows((tmp_path / "marks.csv").read_bytes())
    assert [(r["submission"], r["question"], r["max_points"]) for r in table] == [
        ("ada", "A2", "0.3"), ("ada", "B3", "0.4"), ("bob", "A2", "0.3"), ("bob", "B3", "0.4"),
    ]  # fmt: skip
    assert table[0] == {
        "submission": "ada", "question": "A2", "title": "What the pictures show",
        "max_points": "0.3", "points": "", "comment": "", "answer": "brown",
    }  # fmt: skip


def test_a_whole_round():
    made = merged(HEADER + "ada,A2,,0.3,0.2,well seen,\nada,B3,,,0,,\nbob,A2,,,,,\n")
    assert made.marks.marks == {"ada": {"A2": Mark(0.2, "well seen"), "B3": Mark(0.0)}}
    assert (made.new, made.empty) == (2, 1)
    assert points(made.marks) == {"ada": {"A2": 0.2, "B3": 0.0}}
    assert marks.told(made, CLASS) == "merged: 2 new; 2 of 4 still to mark"


def test_merging_again_changes_nothing_and_another_table_replaces():
    text = HEADER + "ada,A2,,,0.2,,\nbob,A2,,,0.1,,\n"
    once = merged(text)
    twice = merged(text, once.marks)
    assert twice.marks == once.marks
    assert marks.to_json(twice.marks) == marks.to_json(once.marks)
    assert marks.told(twice, CLASS) == "merged: 2 as before; 2 of 4 still to mark"
    other = merged(HEADER + "ada,A2,,,0.3,,\nbob,A2,,,-,,\nbob,B3,,,,,\n", once.marks)
    assert points(other.marks) == {"ada": {"A2": 0.3}, "bob": {}}
    assert marks.told(other, CLASS) == "merged: 1 changed, 1 taken back; 3 of 4 still to mark"


def test_two_people_may_mark_in_two_tables():
    first = merged(HEADER + "ada,A2,,,0.2,,\nada,B3,,,0.4,,\nbob,A2,,,,,\nbob,B3,,,,,\n")
    second = merged(HEADER + "ada,A2,,,,,\nbob,A2,,,0.1,,\nbob,B3,,,0.1,,\n", first.marks)
    assert points(second.marks) == {"ada": {"A2": 0.2, "B3": 0.4}, "bob": {"A2": 0.1, "B3": 0.1}}
    assert marks.told(second, CLASS) == "merged: 2 new; all marked"


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("adda,A2,,,0.2", "no submission 'adda' among the results; did you mean 'ada'?"),
        ("ada,A9,,,0.2", "no question 'A9' that a person marks; those are A2, B3"),
        ("ada,A1,,,", "no question 'A1' that a person marks; those are A2, B3"),
        ("ada,A2,,,0.4", "ada A2: points '0.4' are not from 0 to 0.3"),
        ("ada,A2,,9,0.4", "ada A2: points '0.4' are not from 0 to 0.3"),
        ("ada,A2,,,-0.1", "ada A2: points '-0.1' are not from 0 to 0.3"),
        ("ada,A2,,,good", "ada A2: points 'good' are not a number"),
        ("ada,A2,,,nan", "ada A2: points 'nan' are not a number"),
        ("ada,A2,,,1e999", "ada A2: points '1e999' are not a number"),
        ('ada,A2,,,"1,234.5"', "ada A2: points '1,234.5' are not a number"),
        ("ada,A2,,,03. Jan", "ada A2: points '03. Jan' are not a number"),
        ("\x1b[31m,A2,,,1", r"no submission '\x1b[31m' among the results"),
    ],
)
def test_each_wrong_row_is_named_and_nothing_is_merged(row, line):
    with pytest.raises(WrongRows) as caught:
        merged(HEADER + "bob,A2,,,0.1,,\n" + row + ",,\n" + "bob,B3,,,7,,\n")
    assert caught.value.lines == (
        f"marks.csv: line 3: {line}",
        "marks.csv: line 4: bob B3: points '7' are not from 0 to 0.4",
    )
    assert str(caught.value) == "marks.csv: 2 wrong rows, so nothing was merged"


def test_a_row_that_is_marked_twice_and_differently():
    text = HEADER + "ada,A2,,,0.1,,\nada,A2,,,0.1,,\nada,A2,,,,,\n"
    assert points(merged(text).marks) == {"ada": {"A2": 0.1}}
    with pytest.raises(WrongRows) as caught:
        merged(text + "ada,A2,,,0.2,,\n")
    assert caught.value.lines == (
        "marks.csv: line 5: ada A2 is marked twice, and differently",
    )  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        "\ufeffsubmission;question;points;comment\r\nada;A2;0,2;ça va\r\n",
        "sep=;\nsubmission;question;points;comment\nada;A2;0,2;ça va;;;\n",
        "Submission\tQuestion\tPoints\tComment\nada\tA2\t.2\tça va\n".encode("utf-16"),
        "submission;question;points;comment\r\nada;A2;0,20;ça va\r\n".encode("cp1252"),
        'submission,question,points,comment\nada,A2,"0,2",ça va\n',
        "points,comment,submission,question,mine\n0.2,ça va,ada,A2,x\n",
        "submission,question,points,comment\nada,A2, 0.2 ,ça va\n,,,\n\n",
    ],
)
def test_what_a_spreadsheet_does_to_the_table(data):
    data = data.encode() if isinstance(data, str) else data
    assert merged(data).marks.marks == {"ada": {"A2": Mark(0.2, "ça va")}}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "marks.csv: the table is empty; use the marks.csv of the results"),
        (
            "a,b\n1,2\n",
            (
                "marks.csv: no column 'submission'; its first line must name the columns "
                "submission, question, points, but it is: a, b"
            ),
        ),
        (
            "submission,question,points,Points\n",
            "marks.csv: two columns are called 'Points'; remove one",
        ),
    ],
)
def test_what_is_no_table_of_marks_is_one_line(text, line):
    with pytest.raises(BadInput) as caught:
        merged(text)
    assert str(caught.value) == line


def test_what_somebody_filled_in_is_kept_when_others_come(tmp_path):
    marks_writing.write(tmp_path, [report("bob")])
    filled(tmp_path, bob_A2="0,25", bob_B3_comment="ask him")
    assert marks_writing.write(tmp_path, CLASS) == (UNMERGED,)
    table = rows((tmp_path / "marks.csv").read_bytes())
    assert [(r["submission"], r["points"], r["comment"]) for r in table] == [
        ("ada", "", ""), ("ada", "", ""), ("bob", "0,25", ""), ("bob", "", "ask him"),
    ]  # fmt: skip
    before = (tmp_path / "marks.csv").stat().st_mtime_ns
    marks_writing.write(tmp_path, CLASS)
    assert (tmp_path / "marks.csv").stat().st_mtime_ns == before


def test_columns_of_ones_own_are_kept(tmp_path):
    text = HEADER.replace("answer", "answer,marker") + "bob,A2,,,0.1,,,=Eve\n"
    (tmp_path / "marks.csv").write_text(text)
    marks_writing.write(tmp_path, CLASS)
    table = rows((tmp_path / "marks.csv").read_bytes())
    assert [row["marker"] for row in table] == ["", "", "'=Eve", ""]
    again = (tmp_path / "marks.csv").read_bytes()
    marks_writing.write(tmp_path, CLASS)
    assert (tmp_path / "marks.csv").read_bytes() == again


def test_marks_of_submissions_that_are_gone_are_kept_and_said(tmp_path):
    marks_writing.write(tmp_path, CLASS)
    filled(tmp_path, bob_A2="0.1")
    assert marks_writing.write(tmp_path, [report("ada")]) == (
        UNMERGED, "bob A2: filled in, but no longer among the results",
    )  # fmt: skip
    assert rows((tmp_path / "marks.csv").read_bytes())[-1]["points"] == "0.1"
    assert marks_writing.write(tmp_path, CLASS) == (UNMERGED,)


def test_a_mark_whose_answer_changed_since_is_kept_and_said(tmp_path):
    marks_writing.write(tmp_path, CLASS)
    filled(tmp_path, ada_A2="0.1")
    assert marks_writing.write(tmp_path, [report("ada", A2="now  \n green"), report("bob")]) == (
        "ada A2: the answer has changed since it was marked", UNMERGED,
    )  # fmt: skip
    table = rows((tmp_path / "marks.csv").read_bytes())
    assert (table[0]["points"], table[0]["answer"]) == ("0.1", "now  \n green")
    assert marks_writing.write(tmp_path, [report("ada", A2="now green"), report("bob")]) == (
        UNMERGED,
    )


def test_a_table_that_cannot_be_read_is_left_alone(tmp_path):
    (tmp_path / "marks.csv").write_text("somebody's own table\n1\n")
    notes = marks_writing.write(tmp_path, CLASS)
    assert len(notes) == 1
    assert notes[0].endswith("; marks.csv was left as it is, without new submissions")
    assert (tmp_path / "marks.csv").read_text() == "somebody's own table\n1\n"


def test_rows_filled_in_twice_are_both_kept(tmp_path):
    (tmp_path / "marks.csv").write_text(HEADER + "ada,A2,,,0.1,,brown\nada,A2,,,0.2,,brown\n")
    notes = marks_writing.write(tmp_path, [report("ada")])
    assert notes == (UNMERGED.replace("1", "2", 1), "ada A2: filled in twice")
    points = [row["points"] for row in rows((tmp_path / "marks.csv").read_bytes())]
    assert points == ["0.1", "", "0.2"]


def test_a_table_that_is_gone_comes_back_with_the_merged_marks(tmp_path):
    made = merged(HEADER + "ada,A2,,,0.2,fine,\n")
    (tmp_path / "marks.json").write_bytes(marks.to_json(made.marks))
    assert marks.load(tmp_path) == made.marks
    marks_writing.write(tmp_path, CLASS)
    first = rows((tmp_path / "marks.csv").read_bytes())[0]
    assert (first["points"], first["comment"]) == ("0.2", "fine")


def test_what_was_merged_is_not_said_to_be_open(tmp_path):
    made = merged(HEADER + "ada,A2,,,0.2,fine,\nada,B3,,,0.1,,\n")
    (tmp_path / "marks.json").write_bytes(marks.to_json(made.marks))
    assert marks_writing.write(tmp_path, CLASS) == ()
    assert marks_writing.write(tmp_path, CLASS) == ()
    filled(tmp_path, ada_A2="0,20", ada_B3="-")
    assert marks_writing.write(tmp_path, CLASS) == (UNMERGED,)


def test_no_marks_yet(tmp_path):
    assert marks.load(tmp_path) == Marks()


@pytest.mark.parametrize("text", ["{", "[]", '{"marks": {"a": {"b": 1}}}', '{"format": 9}'])
def test_broken_marks_are_one_line(tmp_path, text):
    (tmp_path / "marks.json").write_text(text)
    with pytest.raises(BadInput) as caught:
        marks.load(tmp_path)
    assert str(tmp_path / "marks.json") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_formulas_of_students_are_harmless_in_the_table(tmp_path):
    hostile = report("=1+1", A2='=HYPERLINK("http://x","y")', B3="-2+3")
    marks_writing.write(tmp_path, [hostile])
    for row in rows((tmp_path / "marks.csv").read_bytes()):
        assert row["submission"] == "'=1+1"
        assert row["answer"][:1] == "'"
    filled(tmp_path)
    text = (tmp_path / "marks.csv").read_text("utf-8-sig").replace(",0.3,,", ",0.3,0.3,")
    assert points(merged(text, reports=[hostile]).marks) == {"=1+1": {"A2": 0.3}}
