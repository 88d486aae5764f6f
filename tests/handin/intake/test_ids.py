"""Names of submissions are file names everywhere, each once, and the same in every run."""

import pytest
from hypothesis import given as given_
from hypothesis import strategies as st

from grader.basics.archives import RESERVED, look
from grader.handin.intake import ids


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


@pytest.mark.parametrize("ours", ["grader.toml", "Grader.LOG", "gradebook.csv", "index.html"])
def test_no_submission_is_called_as_a_file_of_ours(ours):
    """A folder of that name would take the file's place."""
    stem, _, ending = ours.partition(".")
    assert ids.safe(ours) == f"{stem}_{ending}"


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


@given_(st.lists(st.text(max_size=8), max_size=12))
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


def given(wanted, before=()):
    made = ids.unique(wanted, before)
    return [ids.Given(id_, *pair) for id_, pair in zip(made, wanted, strict=True)]


def test_a_late_one_that_looks_like_another_takes_no_id_and_moves_none():
    before = given([("ada", "ada/"), ("bob", "bob/")])
    made = ids.unique([("ADA", "ADA/"), ("ada", "ada/"), ("bob", "bob/")], before)
    assert made[1:] == ["ada", "bob"]
    assert made[0].startswith("ADA-")
    assert ids.unique([("ADA", "ADA/"), ("bob", "bob/")], before)[0] == made[0]
    assert ids.clashes([("ADA", "ADA/")], made[:1], before) == [
        f"ADA: looks like ada, so its results are in {made[0]}"
    ]


def test_two_of_a_first_run_keep_their_suffixes_when_one_of_them_is_gone():
    before = given([("ADA", "1"), ("ada", "2")])
    assert ids.unique([("ada", "2")], before) == [before[1].id]


def test_what_a_platform_numbers_anew_is_known_by_its_name():
    before = given([("ada", "submission_1"), ("bob", "submission_2")])
    assert ids.unique([("ada", "submission_9"), ("bob", "submission_2")], before) == ["ada", "bob"]


def test_what_came_from_the_same_place_stays_whatever_it_is_called_now():
    before = given([("ada", "submission_1")])
    assert ids.unique([("ada+bob", "submission_1")], before) == ["ada"]


def test_a_name_that_two_new_ones_bear_decides_nothing():
    before = given([("ada", "submission_1")])
    made = ids.unique([("ada", "submission_8"), ("ada", "submission_9")], before)
    assert all(id_.startswith("ada-") for id_ in made)


def test_one_single_submission_never_takes_the_id_of_another():
    assert ids.unique([("bob", "")], given([("ada", "")])) == ["bob"]


def test_an_id_of_which_nothing_else_is_known_is_its_own_name():
    before = [ids.Given("ada", "ada")]
    assert ids.unique([("ada", "ada/")], before) == ["ada"]
    assert ids.unique([("ADA", "ADA/")], before)[0].startswith("ADA-")


NAMES = st.lists(st.text("aA\u0430b ", min_size=1, max_size=3), min_size=1, max_size=6)


@given_(NAMES, NAMES)
def test_ids_stay_whoever_else_comes(first, then):
    before = given([(name, f"{number}") for number, name in enumerate(first)])
    both = [(name, f"{number}") for number, name in enumerate([*first, *then])]
    made = ids.unique(both, before)
    assert made[: len(first)] == [each.id for each in before]
    assert len({look(id_) for id_ in made}) == len(both)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_names_that_this_system_could_not_read_are_read(encoding):
    raw = "Zoë Élie".encode(encoding).decode("ascii", "surrogateescape")
    assert ids.safe(raw) == "Zoë Élie"


def test_hebrew_and_emoji_under_an_ascii_locale_are_told_apart():
    names = ["אדה", "חוה", "🐎", "🐘"]
    raw = [(name.encode().decode("ascii", "surrogateescape"), name) for name in names]
    assert ids.unique(raw) == names
