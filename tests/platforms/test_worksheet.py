"""Moodle, Brightspace and Blackboard: a class of eight comes in, and its grades go back."""

import csv
import io
from dataclasses import replace

import pytest

from grader.basics.exits import BadInput
from grader.handin.intake import class_list
from grader.model import Submission
from grader.platforms import blackboard as of_blackboard
from grader.platforms import brightspace as of_brightspace
from grader.platforms import moodle as of_moodle
from grader.platforms.common import worksheet
from grader.reports.overview import overview
from tests.class_parts import report, withheld
from tests.downloads import found as found_at
from tests.downloads import put

NAMES = [
    "Ada Lovelace", "Bob Noyce", "Zoë Élie", "Eve =Mallory", "Max Born", "Ida Noddack",
    "Lise Meitner", "Nils Bohr",
]  # fmt: skip
LOGINS = [f"c{n}{name.split()[0].lower()}" for n, name in enumerate(NAMES)]


def moodle(n):
    return f"{NAMES[n]}_{100001 + n}_assignsubmission_file/a2-cnn.ipynb"


def brightspace(n):
    return f"{501 + n}-9{n} - {NAMES[n]} - Feb 10, 2020 1159 PM/a2-cnn.ipynb"


def blackboard(n):
    return f"A2_{LOGINS[n]}_attempt_2020-02-10-23-59-01_a2-cnn.ipynb"


MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (grade)\n"
    + "".join(
        f'Participant {100001 + n},{name},{LOGINS[n]}@mail.example,Sent,,"3,00","Monday, 3:01"\n'
        for n, name in enumerate(NAMES)
    )
)
POINTS = "A2 Points Grade <Numeric MaxPoints:3 Category:Work>"
BRIGHTSPACE = (
    f"OrgDefinedId,Username,Last Name,First Name,A1 Points Grade,{POINTS},End-of-Line Indicator\n"
    + "".join(
        f"#00{n},#{LOGINS[n]},{name.split()[1]},{name.split()[0]},9,,#\n"
        for n, name in enumerate(NAMES)
    )
)
BLACKBOARD = "Last Name\tFirst Name\tUsername\tStudent ID\tA2 [Total Pts: 3 Score] |77\n" + "".join(
    f"{name.split()[1]}\t{name.split()[0]}\t{LOGINS[n]}\t00{n}\t\n" for n, name in enumerate(NAMES)
)
SHEETS = {
    "moodle": of_moodle.SHEET, "brightspace": of_brightspace.SHEET,
    "blackboard": of_blackboard.SHEET,
}  # fmt: skip
PLATFORMS = {
    "moodle": (moodle, MOODLE.encode(), "Grade"),
    "brightspace": (brightspace, BRIGHTSPACE.encode("utf-8-sig"), POINTS),
    "blackboard": (blackboard, BLACKBOARD.encode("utf-16"), "A2 [Total Pts: 3 Score] |77"),
}


def graded(tmp_path, name, data):
    """Return reports of what the platform's download holds, named by the platform's own file."""
    put(tmp_path, *(name(n) for n in range(8)))
    roster = class_list.read(data, "file.csv")
    for number, entry in enumerate(sorted(found_at(tmp_path).entries, key=lambda e: e.id)):
        students = roster.resolve(entry.id, entry.students)
        made = report(entry.id, submission=Submission(entry.id, students=students))
        yield replace(made, score=number / 4)


def table(data):
    rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
    assert len({len(row) for row in rows}) == 1
    return rows


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_class_of_eight_goes_in_and_its_grades_come_back(tmp_path, platform):
    name, data, heading = PLATFORMS[platform]
    sheet = SHEETS[platform]
    reports = list(graded(tmp_path, name, data))
    found = worksheet.fill(
        worksheet.read(data, "file.csv", sheet, None if platform != "brightspace" else "A2"),
        sheet, overview(reports).rows, total=False,
    )  # fmt: skip
    rows = table(found.data)
    place = rows[0].index(heading)
    by_id = {r.submission.id: r.score for r in reports}
    wanted = [by_id[intake_id(platform, n)] for n in range(8)]
    assert [float(row[place]) for row in rows[1:]] == wanted
    assert (found.written, found.notes) == (8, ())


def intake_id(platform, n):
    made = {"moodle": f"{NAMES[n]}_{100001 + n}", "brightspace": f"{NAMES[n]}_{501 + n}"}
    return made.get(platform, LOGINS[n])


def test_brightspaces_marks_stay_and_other_grades_do_not_go_back():
    sheet = SHEETS["brightspace"]
    rows = table(
        worksheet.fill(
            worksheet.read(BRIGHTSPACE.encode(), "f", sheet, "A2"), sheet, [], total=False
        ).data
    )
    assert rows[0] == ["OrgDefinedId", "Username", POINTS, "End-of-Line Indicator"]
    assert rows[1] == ["#000", "#c0ada", "", "#"]


def test_cells_that_are_not_filled_in_come_back_as_they_were():
    """Moodle writes `-` where a grade was never changed, and reads no `'-`."""
    sheet = SHEETS["moodle"]
    data = MOODLE.replace('"Monday, 3:01"', "-").replace("Sent", "=Sent").encode()
    found = worksheet.fill(worksheet.read(data, "f", sheet, None), sheet, [], total=False)
    assert table(found.data) == table(data)


def test_who_handed_nothing_in_is_named_by_name_or_id():
    told = {}
    for platform, (_, data, heading) in PLATFORMS.items():
        sheet = SHEETS[platform]
        wanted = heading if platform == "brightspace" else None
        notes = worksheet.fill(
            worksheet.read(data, "f", sheet, wanted), sheet, [], total=False
        ).notes
        told[platform] = notes[0]
        assert len(notes) == 8
    assert told == {
        "moodle": "Ada Lovelace: no submission; left as it was",
        "brightspace": "Lovelace Ada: no submission; left as it was",
        "blackboard": "Lovelace Ada: no submission; left as it was",
    }


def test_points_that_the_platform_has_otherwise_are_refused_or_stretched():
    sheet = SHEETS["moodle"]
    data = MOODLE.replace("3,00", "10,00").encode()
    made = report("x", submission=Submission("x", students=class_list.read(data, "f").students[:1]))
    rows = overview([made, withheld("y")]).rows
    with pytest.raises(BadInput, match="Moodle has 10 points possible, these scores go to 3"):
        worksheet.fill(worksheet.read(data, "f", sheet, None), sheet, rows, total=False)
    found = worksheet.fill(
        worksheet.read(data, "f", sheet, None), sheet, rows, total=False, scale=True
    )
    assert table(found.data)[1][4] == "10.00"
    assert found.notes == (
        *(f"{name}: no submission; left as it was" for name in NAMES[1:]),
        "y: nobody in the file has its id; not written",
    )


@pytest.mark.parametrize(
    ("platform", "data", "wanted", "line"),
    [
        ("moodle", "a,b\n1,2\n", None, "f: not a file that Moodle exports to be filled in: "),
        (
            "brightspace",
            BRIGHTSPACE,
            None,
            "--assignment: 2 columns fit; those of the file are: A1",
        ),
        (
            "brightspace",
            BRIGHTSPACE,
            "A3",
            "--assignment: 0 columns fit; those of the file are: A1",
        ),
        ("blackboard", "", None, "f: not a file that Blackboard exports to be filled in: "),
    ],
)
def test_what_is_no_such_file_is_one_line(platform, data, wanted, line):
    with pytest.raises(BadInput) as caught:
        worksheet.read(data.encode(), "f", SHEETS[platform], wanted)
    assert str(caught.value).startswith(line)
