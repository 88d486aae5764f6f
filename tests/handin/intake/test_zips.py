"""Zips of a class: what one student smuggles in costs that student only."""

import os
import stat
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.basics import archives
from grader.basics.exits import BadInput
from grader.basics.files import Refused
from grader.handin import intake
from grader.handin.intake import zipped as intake_zipped
from tests.downloads import NOTEBOOK, link, locked, special, zipped

MORE = int(os.environ.get("FUZZ", "1"))  # times as many inputs
HONEST = [("ada/a2-cnn.ipynb", NOTEBOOK), ("bob/a2-cnn.ipynb", NOTEBOOK)]


def found(tmp_path, entries):
    path = tmp_path / "class.zip"
    path.write_bytes(zipped(entries))
    return intake.find(path, {})


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("../../evil.ipynb", "not looked at: ../../evil.ipynb: leads outside the archive"),
        ("eve/../../x", "not looked at: eve/../../x: leads outside the archive"),
        ("/etc/cron.d/x", "not looked at: /etc/cron.d/x: an absolute name"),
        ("C:/x.ipynb", "not looked at: C:/x.ipynb: an absolute name"),
        ("eve\\x.ipynb", "not looked at: eve\\x.ipynb: a name with a backslash"),
        ("eve//x.ipynb", "not looked at: eve//x.ipynb: a name with empty parts"),
        ("eve/./x.ipynb", "not looked at: eve/./x.ipynb: a name with empty parts"),
        ("eve/nul.txt", "not looked at: eve/nul.txt: a name that Windows keeps for itself"),
        ("eve/COM1", "not looked at: eve/COM1: a name that Windows keeps for itself"),
        ("a" * 300, f"not looked at: {'a' * 300}: a name that is too long"),
        ("d/" * 30 + "x", f"not looked at: {'d/' * 30}x: a name that is too long"),
        ("x\x1b[2J/../y", r"not looked at: x\x1b[2J/../y: leads outside the archive"),
    ],
)
def test_a_bad_name_is_named_and_costs_nobody_else(tmp_path, name, note):
    intake_ = found(tmp_path, [*HONEST, (name, NOTEBOOK)])
    assert [entry.id for entry in intake_.entries] == ["ada", "bob"]
    assert intake_.notes == (note,)
    assert intake_.entries[0].read().files == {"a2-cnn.ipynb": NOTEBOOK}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (link("ada/b.ipynb"), "a link"),
        (special("ada/b.ipynb", stat.S_IFIFO), "not a plain file"),
        (special("ada/b.ipynb", stat.S_IFCHR), "not a plain file"),
    ],
)
def test_links_and_pipes_cost_only_themselves(tmp_path, entry, reason):
    hand_in = found(tmp_path, [*HONEST, entry]).entries[0].read()
    assert dict(hand_in.files) == {"a2-cnn.ipynb": NOTEBOOK}
    assert dict(hand_in.refused) == {"b.ipynb": reason}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name_are_both_refused(tmp_path):
    intake_ = found(tmp_path, [*HONEST, ("ada/a2-cnn.ipynb", b"another")])
    ada, bob = (entry.read() for entry in intake_.entries)
    assert ada.files == {}
    assert ada.refused == {"a2-cnn.ipynb": "two entries bear this name"}
    assert bob.files == {"a2-cnn.ipynb": NOTEBOOK}


def test_a_bomb_is_not_unpacked(tmp_path):
    bomb = b"\0" * (65 << 20)
    hand_in = found(tmp_path, [*HONEST, ("ada/a2-writeup.pdf", bomb)]).entries[0].read()
    assert hand_in.refused == {"a2-writeup.pdf": "larger than 64 MiB"}
    assert list(hand_in.files) == ["a2-cnn.ipynb"]


def test_a_size_that_lies_is_counted(tmp_path):
    data = bytearray(zipped([("a.txt", b"\0" * 100_000)]))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(mark) + place
        data[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(Refused, match="damaged"):
        archives.read(bytes(data), "a.txt", 1000, 10)


def test_a_locked_entry_is_named(tmp_path):
    path = tmp_path / "class.zip"
    path.write_bytes(locked(zipped([("ada/a2-cnn.ipynb", NOTEBOOK)])))
    with pytest.raises(BadInput, match="no notebook"):
        intake.find(path, {})
    listing = archives.listing(path, 10)
    assert listing.refused == {"ada/a2-cnn.ipynb": "locked by a password"}


def test_strange_packing_is_refused(tmp_path):
    data = zipped(HONEST, zipfile.ZIP_LZMA)
    assert set(archives.listing(data, 10).refused.values()) == {
        "packed in a way that is not read here"
    }


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04 and then nothing", b"Rar!\x1a\x07"])
def test_what_is_no_zip_is_one_line(tmp_path, data):
    path = tmp_path / "class.zip"
    path.write_bytes(data)
    with pytest.raises(BadInput) as caught:
        intake.find(path, {})
    line = str(caught.value)
    assert line.startswith(f"{path}: damaged, or no zip file (")
    assert line.endswith("); unpack it and give the folder")


def test_too_many_entries_are_refused_before_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(intake_zipped, "ENTRIES", 20)
    with pytest.raises(BadInput, match="more than 20 entries: 30; unpack it"):
        found(tmp_path, [(f"s{n}/x.ipynb", b"") for n in range(30)])
    with pytest.raises(BadInput, match="too many entries; unpack it"):
        found(tmp_path, [(f"s{n}/{'x' * 200}", b"") for n in range(2000)])


def test_names_that_differ_in_case_are_two_students_with_ids_of_their_own(tmp_path):
    entries = [(f"{name}/a2-cnn.ipynb", NOTEBOOK) for name in ("ADA", "ada", "bob")]
    one = [entry.id for entry in found(tmp_path, entries).entries]
    two = [entry.id for entry in found(tmp_path, entries[::-1]).entries]
    assert one == two
    assert "bob" in one
    assert len({id_.casefold() for id_ in one}) == 3


def test_a_folder_and_a_file_of_one_name(tmp_path):
    assert found(tmp_path, [*HONEST, ("ada", b"x")]).notes == (
        "beside the submissions, and nobody's: ada",
    )


def test_a_zip_that_is_gone_when_it_is_read(tmp_path):
    intake_ = found(tmp_path, HONEST)
    (tmp_path / "class.zip").write_bytes(zipped(HONEST[1:]))
    hand_in = intake_.entries[0].read()
    assert hand_in.refused == {"a2-cnn.ipynb": "no longer in the archive"}


PART = st.sampled_from(
    [
        "..",
        ".",
        "",
        "ada",
        "ADA",
        "a2-cnn.ipynb",
        "A2-CNN.ipynb",
        "nul",
        "C:",
        "a\\b",
        "x" * 250,
        "é",
    ]
) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6)
SMUGGLED = st.lists(
    st.tuples(
        st.lists(PART, min_size=1, max_size=4).map("/".join).filter(len),
        st.sampled_from([0, stat.S_IFLNK, stat.S_IFIFO, stat.S_IFREG]),
    ),
    max_size=8,
)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@given(SMUGGLED)
@settings(max_examples=200 * MORE, deadline=2000)
def test_fuzz_whatever_is_smuggled_in_the_others_are_read_as_they_are(smuggled):
    others = [(f"{name}/a2-cnn.ipynb", NOTEBOOK) for name in ("bob", "cem", "dan")]
    entries = [special(f"eve/{name}", kind, b"x") for name, kind in smuggled]
    with tempfile.TemporaryDirectory() as folder:
        found_ = found(Path(folder), [*others, *entries])
        hand_ins = {entry.id: entry.read() for entry in found_.entries}
    assert [hand_ins[name].files for name in ("bob", "cem", "dan")] == [
        {"a2-cnn.ipynb": NOTEBOOK}
    ] * 3
    assert set(hand_ins) <= {"bob", "cem", "dan", "eve"}
    assert all(note.isprintable() for note in found_.notes)
