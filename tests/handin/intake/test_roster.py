"""The roster: columns by name, and who is missing; a name that fits two fits nobody."""

import pytest

from grader.basics.exits import BadInput
from grader.handin.intake import class_list, roster
from grader.model import Student

ADA = Student("c1ada", "Ada Lovelace", "ada@mail.example", "L0101")
PLAIN = """id,name,email,section
c1ada,Ada Lovelace,ada@mail.example,L0101
c1bob,Bob Noyce,bob@mail.example,L0101
"""


def read(text, name="students.csv"):
    return class_list.read(text.encode(), name)


def test_a_plain_roster():
    assert read(PLAIN).students[0] == ADA


@pytest.mark.parametrize(
    ("text", "student"),
    [
        ("UTORid;Student Name;E-Mail\nc1;Ada L;a@b.c", ("c1", "Ada L", "a@b.c")),
        ("\ufeffusername\tFirst Name\tLast Name\nc1\tAda\tL", ("c1", "Ada L", "")),
        ("First Name,Last Name,SID,Email\nAda,L,0012,a@b.c", ("0012", "Ada L", "a@b.c")),
        ("user_name,last_name,first_name,id_number\nc1,L,Ada,0012", ("c1", "Ada L", "")),
        ("Email\nada@mail.example", ("ada@mail.example", "", "ada@mail.example")),
    ],
)
def test_common_spellings(text, student):
    found = read(text).students[0]
    assert (found.id, found.name, found.email) == student


def test_a_canvas_gradebook_is_a_roster():
    text = (
        "Student,ID,SIS User ID,SIS Login ID,Section,A2 (1)\n"
        "    Points Possible,,,,,6\n"
        '"Lovelace, Ada",123,0012,c1ada,L0101,\n'
        '"Student, Test",999,,,L0101,\n'
    )
    found = read(text)
    assert found.students == (Student("c1ada", "Lovelace, Ada", "", "L0101", "123"),)
    canvas = Student("lovelaceada", platform_id="123")
    assert found.find(canvas) == found.students[0]


@pytest.mark.parametrize(
    ("student", "found"),
    [
        (Student("lovelaceada", platform_id="77"), True),
        (Student("C1ADA"), True),
        (Student("0", email="Ada@mail.example"), True),
        (Student("0", name="ADA  LOVELACE"), True),
        (Student("eve"), False),
    ],
)
def test_a_student_is_found_by_what_a_platform_calls_them(student, found):
    assert (read(PLAIN).find(student) == ADA) is found


def test_a_folder_is_known_by_its_name():
    assert read(PLAIN).resolve("c1ada") == (ADA,)
    assert read(PLAIN).resolve("Ada Lovelace") == (ADA,)
    assert read(PLAIN).resolve("nobody") == ()


def test_what_the_platform_knows_is_completed():
    known = read(PLAIN).resolve("x", [Student("lovelaceada", platform_id="77"), Student("guest")])
    assert known == (
        Student("c1ada", "Ada Lovelace", "ada@mail.example", "L0101", "77"),
        Student("guest"),
    )


def test_a_group_is_all_its_members():
    text = "id,name,group\nada,Ada L,group_0001\nbob,Bob N,group_0001\neve,Eve M,group_0002\n"
    found = read(text)
    assert [student.id for student in found.resolve("group_0001")] == ["ada", "bob"]
    assert roster.missing(found, [("group_0001", ())]).missing == (found.students[2],)


def test_a_name_that_fits_two_fits_nobody():
    found = read("id,name\ns1,John Smith\ns2,John Smith\n")
    assert found.find(Student("smithjohn")) is None
    attendance = roster.missing(found, [("smithjohn", (Student("smithjohn"),))])
    assert len(attendance.missing) == 2
    assert attendance.unknown == ("smithjohn",)


def test_who_is_known_by_what_names_two_is_not_guessed():
    text = "username,student number,name\nc1ada,77,Ada Lovelace\nc1bob,88,Bob Noyce\n"
    assert read(text).find(Student("lovelaceada", platform_id="88")) is None


def test_who_is_missing():
    attendance = roster.missing(
        read(PLAIN), [("x", (Student("c1ada"),)), ("eve_9", (Student("eve", platform_id="9"),))]
    )
    assert [student.id for student in attendance.missing] == ["c1bob"]
    assert attendance.unknown == ("eve_9",)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "--roster r.csv: the table is empty"),
        ("id,name\n", "--roster r.csv: nobody is in it below the line of titles"),
        (
            "colour,size\nred,1",
            (
                "--roster r.csv: no column says who a student is; call one of them id, username, "
                "student number or email (its first line is: colour, size)"
            ),
        ),
        (
            "id,name\nada,Ada L\nADA,Ada L\nada,Ada K",
            "--roster r.csv: line 4: 'ada' is in it twice, as Ada L and as Ada K",
        ),
        ("PK\x03\x04", "r.csv: a workbook, not a CSV table; save it as CSV UTF-8"),
    ],
)
def test_a_wrong_roster_is_one_line(text, line):
    with pytest.raises(BadInput) as caught:
        read(text, "r.csv")
    assert str(caught.value) == line


def test_a_roster_that_is_not_there(tmp_path):
    with pytest.raises(BadInput, match=r"--roster .*absent\.csv: no such file"):
        class_list.load(tmp_path / "absent.csv")


def test_a_row_a_section_is_one_student():
    found = read("id,name,section\nada,Ada L,LEC01\nada,Ada L,TUT02\nada,,LEC01\nbob,Bob N,LEC01\n")
    assert found.students == (
        Student("ada", "Ada L", "", "LEC01, TUT02"), Student("bob", "Bob N", "", "LEC01"),
    )  # fmt: skip
    assert found.find(Student("ada")) == found.students[0]


def test_githubs_list_knows_students_by_their_account_too():
    text = "identifier,github_username,github_id,name\n0012,ada-l,77,Ada L\n0013,,,Bob N\n,eve,5,\n"
    found = read(text)
    assert [student.id for student in found.students] == ["0012", "0013", "eve"]
    assert found.resolve("ada-l") == (found.students[0],)


def test_the_row_of_the_most_points_is_nobody():
    text = "User name,Group name,A1,A2\nOut Of,,10,6\nc1ada,g1,9,5\n"
    assert [student.id for student in read(text).students] == ["c1ada"]


def test_brightspaces_marks_before_ids_are_taken_off():
    text = (
        "OrgDefinedId,Username,Last Name,First Name,End-of-Line Indicator\n#0012,#c1ada,L,Ada,#\n"
    )
    assert read(text).students == (Student("c1ada", "Ada L", platform_id="0012"),)


def test_moodles_worksheet_knows_students_by_the_number_of_their_folder():
    text = (
        "Identifier,Full name,Email address,Status,Grade\n"
        "Participant 100001,Ada L,ada@mail.example,,\nTeilnehmer/in 100002,Bob N,,,\n"
    )
    found = read(text)
    assert found.students == (
        Student("ada@mail.example", "Ada L", "ada@mail.example", "", "100001"),
        Student("100002", "Bob N", "", "", "100002"),
    )
    assert found.find(Student("Ada L", platform_id="100001")) == found.students[0]


def test_a_group_that_hands_in_by_one_of_its_members_is_all_of_them():
    text = (
        "name,canvas_user_id,login_id,group_name\n"
        "Ada L,501,ada,A2 Group 12\nBob N,502,bob,A2 Group 12\nEve M,503,eve,A2 Group 13\n"
    )
    found = read(text)
    group = (Student("a2group12", platform_id="501"),)
    assert [student.id for student in found.resolve("a2group12_501", group)] == ["ada", "bob"]
    assert roster.missing(found, [("a2group12_501", group)]).missing == (found.students[2],)
    stranger = (Student("a2group12", platform_id="503"),)
    assert [student.id for student in found.resolve("x", stranger)] == ["eve"]
