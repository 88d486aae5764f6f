"""The summary of a class in a terminal."""

from grader.batch import display
from grader.model import Submission
from tests.class_parts import report, withheld


def test_how_hand_ins_were_understood_is_told():
    odd = report("ada", submission=Submission("ada", notes=("several notebooks: a", "late")))
    told = display.summary([odd, report("bo"), withheld("cy")])
    assert told[1:3] == ["note: ada: several notebooks: a", "note: ada: late"]
    assert told[3].startswith("needs a person: cy: ")
    assert len(told) == 4


def test_a_long_list_is_cut_and_says_where_the_rest_is():
    class_ = [report(f"s{n}", submission=Submission(f"s{n}", notes=("late",))) for n in range(25)]
    notes = [line for line in display.summary(class_) if line.startswith("note: ")]
    assert len(notes) == display.MOST_NOTES + 1
    assert notes[-1] == "note: 15 more: see index.html"


def test_a_note_cannot_move_the_cursor():
    odd = report("ada", submission=Submission("ada", notes=("\x1b[2Jgone",)))
    assert "\x1b" not in "".join(display.summary([odd]))
