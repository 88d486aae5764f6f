"""MarkUs's lists are rosters as they are."""

from grader import platforms
from grader.handin.intake import class_list
from grader.model import Student


def read(text):
    return class_list.read(text.encode(), "roster.csv", platforms.class_lists())


def test_markus_lists_have_no_titles():
    students = read("c1ada,Lovelace,Ada,LEC01,0012,ada@mail.example\nc1bob,Noyce,Bob,,,\n")
    assert students.students == (
        Student("c1ada", "Ada Lovelace", "ada@mail.example", "LEC01", "0012"),
        Student("c1bob", "Bob Noyce"),
    )
    groups = read("group_0001,group_0001,c1ada,c1bob\nc1eve,c1eve,c1eve\nteam x,group_0007,c1max\n")
    assert [student.id for student in groups.resolve("group_0001")] == ["c1ada", "c1bob"]
    assert [student.id for student in groups.resolve("c1eve")] == ["c1eve"]
    assert [student.id for student in groups.resolve("team x")] == ["c1max"]
