"""Names of submissions are file names everywhere, each once, and the same in every run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.archives import RESERVED, look
from grader.intake import ids


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("ada", "ada"),
        ("Élève Žoë 1", "Élève Žoë 1"),
        ("..", "submission"),
        ("", "submission"),
        ("a/b\\c:d", "a_b_c_d"),
        ("x\x1b[31m", "x_[31m"),
        ("con", "_con"),
        ("COM1.x", "_COM1.x"),
        ("-rf", "_-rf"),
        ("gradebook.csv", "gradebook_csv"),
        ("index.html", "index_html"),
        ("evidence", "_evidence"),
        ("x. ", "x"),
        ("a\u202eb", "a_b"),
    ],
)
def test_a_name_is_made_safe(name, safe):
    assert ids.safe(name) == safe


def test_composed_and_decomposed_letters_are_one_name():
    assert ids.safe("E\u0301le\u0300ve") == ids.safe("\u00c9l\u00e8ve")


def test_a_long_name_is_cut_and_stays_its_own():
    one, two = ids.safe("é" * 300), ids.safe("é" * 301)
    assert one != two
    assert len(one.encode()) <= ids.LENGTH


def test_only_names_that_look_alike_get_a_suffix():
    made = ids.unique([("Ada", "1"), ("ada", "2"), ("bob", "3")])
    assert made[2] == "bob"
    assert made[0].startswith("Ada-")
    assert made[1].startswith("ada-")


def test_a_name_that_is_made_to_collide_with_a_suffix():
    first = ids.unique([("ada", "1"), ("ada", "2")])
    made = ids.unique([("ada", "1"), ("ada", "2"), (first[0], "3")])
    assert len(set(made)) == 3


@given(st.lists(st.text(max_size=8), max_size=12))
def test_ids_are_unique_usable_and_independent_of_order(names):
    wanted = [(name, str(number)) for number, name in enumerate(names)]
    made = ids.unique(wanted)
    assert len({look(id_) for id_ in made}) == len(names)
    for id_ in made:
        assert id_.encode()
        assert id_.isprintable()
        assert not set(id_) & ids.FORBIDDEN
        assert id_ == id_.strip(" .")
        assert not id_.startswith((".", "-", "~"))
        assert id_.partition(".")[0].lower() not in RESERVED
        assert not id_.lower().endswith(ids.OURS)
    assert ids.unique(wanted[::-1]) == made[::-1]
