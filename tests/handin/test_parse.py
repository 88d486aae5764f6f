"""Bytes in, submission out: zips of students, several notebooks, and what goes along."""

import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.basics.archives import look
from grader.handin import submissions
from grader.handin.submissions import parse
from grader.model import HandIn, Problem, Student
from tests.downloads import NOTEBOOK, link, locked, zipped

MORE = int(os.environ.get("FUZZ", "1"))  # times as many inputs


def parsed(**files):
    """Parse a hand-in with these files; `__` in a name stands for a dot."""
    named = {name.replace("__", "."): data for name, data in files.items()}
    return parse(HandIn("ada", named))


def test_who_and_when_go_along():
    student = Student("ada", "Ada Lovelace")
    hand_in = HandIn("x", {"a2-cnn.ipynb": NOTEBOOK}, {}, ("a note",), (student,), True)
    found = parse(hand_in)
    assert (found.students, found.late, found.notes[0]) == ((student,), True, "a note")
    assert found.writeup is not None


def test_a_notebook_by_itself_needs_no_write_up():
    assert parse(HandIn("x", {"n.ipynb": NOTEBOOK}, only_notebook=True)).writeup is None


def test_a_zip_is_opened_when_no_notebook_lies_beside_it():
    found = parsed(work__zip=zipped([("a2/a2-cnn.ipynb", NOTEBOOK), ("a2/a2-writeup.pdf", b"x")]))
    assert found.notebook_name == "work.zip/a2/a2-cnn.ipynb"
    assert found.problem is None
    assert found.writeup is not None
    assert found.writeup.name == "work.zip/a2/a2-writeup.pdf"
    assert next(f.name for f in found.files) == "work.zip"


def test_a_zip_beside_a_notebook_stays_closed_and_is_named():
    found = parsed(n__ipynb=NOTEBOOK, old__zip=zipped([("a2-cnn.ipynb", NOTEBOOK)]))
    assert found.notebook_name == "n.ipynb"
    assert found.notes == ("old.zip was not opened: n.ipynb lies beside it",)


def test_what_a_mac_puts_into_a_zip_is_left_out():
    data = zipped(
        [("a2-cnn.ipynb", NOTEBOOK), ("__MACOSX/._a2-cnn.ipynb", b"x"), (".DS_Store", b"")]
    )
    assert [f.name for f in parsed(a__zip=data).files] == ["a.zip", "a.zip/a2-cnn.ipynb"]


def test_a_zip_inside_a_zip_is_not_opened():
    inner = zipped([("a2-cnn.ipynb", NOTEBOOK)])
    found = parsed(a__zip=zipped([("b.zip", inner)]))
    assert found.problem is not None
    assert found.problem.mistake == "notebook_missing"
    assert found.notes == ("a.zip/b.zip: a zip inside a zip is not opened",)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (zipped([("../a2-cnn.ipynb", NOTEBOOK)]), "../a2-cnn.ipynb: leads outside the archive"),
        (zipped([("/a2-cnn.ipynb", NOTEBOOK)]), "/a2-cnn.ipynb: an absolute name"),
        (zipped([("C:a2-cnn.ipynb", NOTEBOOK)]), "C:a2-cnn.ipynb: an absolute name"),
        (zipped([("a2\\a2-cnn.ipynb", NOTEBOOK)]), "a2\\a2-cnn.ipynb: a name with a backslash"),
        (zipped([link("a2-cnn.ipynb")]), "a2-cnn.ipynb: a link"),
        (zipped([("nul.ipynb", NOTEBOOK)]), "nul.ipynb: a name that Windows keeps for itself"),
        (locked(zipped([("a2-cnn.ipynb", NOTEBOOK)])), "a2-cnn.ipynb: locked by a password"),
        (
            zipped([("a2-cnn.ipynb", NOTEBOOK), ("A2-CNN.ipynb", NOTEBOOK)]),
            "names that look alike: 'a2-cnn.ipynb', 'A2-CNN.ipynb'",
        ),
        (
            zipped([("a2-cnn.ipynb", NOTEBOOK), ("а2-cnn.ipynb", NOTEBOOK)]),
            r"names that look alike: 'a2-cnn.ipynb', '\u04302-cnn.ipynb'",
        ),
        (
            zipped([("\u00e9.ipynb", NOTEBOOK), ("e\u0301.ipynb", NOTEBOOK)]),
            r"names that look alike: '\xe9.ipynb', 'e\u0301.ipynb'",
        ),
        (zipped([(f"{n}.txt", b"") for n in range(501)]), "more than 500 entries: 501"),
        (zipped([("a2-cnn.ipynb", b"\0" * (65 << 20))]), "larger than 64 MiB"),
        (
            zipped([(f"{n}.bin", b"\0" * (50 << 20)) for n in range(3)]),
            "larger than 28 MiB",
        ),
    ],
)  # fmt: skip
def test_a_zip_that_breaks_a_rule_is_refused_whole_and_soon(data, why):
    begun = time.monotonic()
    found = parsed(a2__zip=data)
    assert time.monotonic() - begun < 5
    assert found.notebook is None
    assert found.problem == Problem(
        "not_a_notebook", f"ada/a2.zip: {why}; hand in a2-cnn.ipynb itself"
    )
    assert found.notes == ()


def test_a_damaged_zip_is_one_line():
    found = parsed(a2__zip=zipped([("a2-cnn.ipynb", NOTEBOOK)])[:-30])
    assert found.problem is not None
    assert found.problem.reason.startswith("ada/a2.zip: damaged, or no zip file (")


@pytest.mark.parametrize("name", ["a2.rar", "a2.7z", "a2.tar.gz"])
def test_other_archives_are_named(name):
    problem = parse(HandIn("ada", {name: b"x"})).problem
    assert problem == Problem(
        "not_a_notebook", f"ada: no notebook (.ipynb), but {name}; hand in a2-cnn.ipynb"
    )


def test_a_refused_notebook_is_the_problem_and_a_refused_picture_a_note():
    found = parse(
        HandIn("ada", {}, {"a2-cnn.ipynb": "larger than 64 MiB", "x.png": "larger than 64 MiB"})
    )
    assert found.problem == Problem(
        "not_a_notebook", "ada/a2-cnn.ipynb: larger than 64 MiB; give a notebook or its folder"
    )
    assert found.notes == ("not looked at: x.png: larger than 64 MiB",)


def test_utf_16_is_said():
    found = parsed(n__ipynb=NOTEBOOK.decode().encode("utf-16"))
    assert found.notes == (
        "n.ipynb: saved as UTF-16, which Jupyter does not open; read all the same",
    )


def test_a_name_in_capitals_is_a_notebook_too():
    assert parse(HandIn("ada", {"A2-CNN.IPYNB": NOTEBOOK})).notebook is not None


NAMES = st.sampled_from(
    ["a2-cnn.ipynb", "x.ipynb", "a.zip", "a2-writeup.txt", "n\x1b.ipynb", "é.html"]
)
ENTRIES = st.lists(
    st.tuples(
        NAMES
        | st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=9),
        st.sampled_from([b"", NOTEBOOK, b"PK\x03\x04", b"{}"]) | st.binary(max_size=9),
    ),
    max_size=5,
)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@given(st.dictionaries(NAMES, st.binary(max_size=30) | st.just(NOTEBOOK), max_size=3), ENTRIES)
@settings(max_examples=300 * MORE)
def test_fuzz_any_hand_in_is_parsed(files, entries):
    found = parse(HandIn("ada", {**files, "b.zip": zipped(entries)}))
    assert (found.notebook is None) == (found.problem is not None)
    for line in (*found.notes, found.problem.reason if found.problem else ""):
        assert line.isprintable()


@pytest.mark.filterwarnings("ignore:Duplicate name")
@given(ENTRIES, st.data())
@settings(max_examples=1200 * MORE, deadline=2000)
def test_fuzz_a_zip_with_changed_bytes_is_read_or_refused(entries, data):
    made = bytearray(zipped(entries))
    for _ in range(data.draw(st.integers(0, 6))):
        place = data.draw(st.integers(0, len(made) - 1))
        made[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 3))
    files = submissions._Files({"b.zip": bytes(made[: len(made) - cut])}, {})
    submissions._open("b.zip", files)
    inside = [name for name in files.contents if name != "b.zip"]
    assert not (inside and files.refused)
    assert len({look(name) for name in inside}) == len(inside)
    for reason in files.refused.values():
        assert reason.isprintable()
