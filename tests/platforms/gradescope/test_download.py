"""Gradescope: students of each folder from its metadata, which is read without believing it."""

import time

import pytest

from grader.basics.exits import BadInput
from grader.model import Student
from grader.platforms.gradescope import download
from tests.downloads import NOTEBOOK, found, put, zipped

METADATA = """---
submission_101:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0012'
    :email: ada@mail.example
  :created_at: 2020-02-12 23:01:02.861687000 Z
  :score: 0.0
  :status: processed
  :results:
    tests:
    - name: "Élan"
      output: |-
        - :name: Not A. Student
  :history:
  - :id: 99
    :created_at: 2020-02-11 10:00:00.000000000 Z
    :score: 1.0
submission_102:
  :submitters:
  - :name: Grace Hopper
    :sid: 1906
    :email: grace@mail.example
  - :name: Alan Turing
    :sid:
    :email: alan@mail.example
  :history: []
submission_103:
  :submitters: []
submission_104:
  :submitters:
  - :name: Lost Soul
"""


def export(tmp_path, metadata=METADATA):
    put(tmp_path, "submission_101/a2-cnn.ipynb", "submission_102/a2-cnn.ipynb")
    put(tmp_path, "submission_103/x.ipynb", "submission_999/a2-cnn.ipynb", "submission_101/a.pdf")
    put(tmp_path, "submission_metadata.yml", data=metadata.encode())
    return found(tmp_path)


def test_submissions_are_named_by_their_students(tmp_path):
    found = {entry.id: entry for entry in export(tmp_path).entries}
    assert list(found) == ["ada", "grace+alan", "submission_103", "submission_999"]
    assert found["ada"].students == (
        Student("0012", "Ada Lovelace", "ada@mail.example", platform_id="0012"),
    )
    assert [student.id for student in found["grace+alan"].students] == ["1906", "alan@mail.example"]
    assert found["submission_103"].students == ()
    assert sorted(found["ada"].read().files) == ["a.pdf", "a2-cnn.ipynb"]
    assert found["ada"].notes == (
        "handed in again: the version that Gradescope exports counts, not the 1 before it",
    )
    assert found["ada"].late is None


def test_what_does_not_fit_is_said(tmp_path):
    assert export(tmp_path).notes == (
        "a Gradescope export: 4 submissions",
        "in its metadata, but not in the export: submission_104",
        "folders that its metadata does not name, taken by their names: submission_999",
    )


@pytest.mark.parametrize(
    ("line", "late"),
    [
        (":lateness: '0:00:00'", False),
        (":lateness: 26:10:00", True),
        (":late: true", True),
        (":late: false", False),
    ],
)
def test_lateness_where_the_export_says_it(tmp_path, line, late):
    put(tmp_path, "submission_1/a2-cnn.ipynb")
    put(tmp_path, "submission_metadata.yml", data=f"submission_1:\n  {line}\n".encode())
    assert found(tmp_path).entries[0].late is late


def test_a_zip_of_an_export(tmp_path):
    root = "assignment_8_export/"
    names = [root + "submission_101/a2-cnn.ipynb", root + "submission_102/a2-cnn.ipynb"]
    entries = [(root + "submission_metadata.yml", METADATA.encode())]
    path = tmp_path / "export.zip"
    path.write_bytes(zipped([*entries, *((name, NOTEBOOK) for name in names)]))
    assert [entry.id for entry in found(path).entries] == ["ada", "grace+alan"]


def test_two_submissions_of_one_student_are_told_apart(tmp_path):
    put(tmp_path, "submission_1/a2-cnn.ipynb", "submission_2/a2-cnn.ipynb")
    one = "  :submitters:\n  - :email: ada@mail.example\n"
    put(
        tmp_path,
        "submission_metadata.yml",
        data=f"submission_1:\n{one}submission_2:\n{one}".encode(),
    )
    ids = [entry.id for entry in found(tmp_path).entries]
    assert len(set(ids)) == 2
    assert all(id_.startswith("ada-") for id_ in ids)


def test_a_large_group_has_a_short_name(tmp_path):
    put(tmp_path, "submission_1/a2-cnn.ipynb")
    members = "".join(f"  - :name: Member {n}\n    :sid: s{n}\n" for n in range(6))
    put(
        tmp_path,
        "submission_metadata.yml",
        data=f"submission_1:\n  :submitters:\n{members}".encode(),
    )
    entry = found(tmp_path).entries[0]
    assert entry.id == "s0+s1+s2+3"
    assert len(entry.students) == 6


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"a: b: c", "not YAML (line 1)"),
        (b"- 1", "not a list of submissions"),
        (b"", "not a list of submissions"),
        (b"a: *x", "an alias of something that is not there before it"),
        (b"a: &x [*x]", "an alias of something that is not there before it"),
        (b"[" * 100, "nested more than 20 deep"),
        (b"{a: " * 5000, "nested more than 20 deep"),
    ],
)
def test_metadata_that_cannot_be_read_is_one_line(tmp_path, data, why):
    put(tmp_path, "submission_1/a2-cnn.ipynb")
    put(tmp_path, "submission_metadata.yml", data=data)
    with pytest.raises(BadInput) as caught:
        found(tmp_path)
    assert str(caught.value) == (
        f"submission_metadata.yml: {why}; download the export from Gradescope again, or remove "
        "this file to have the folders graded by their names"
    )


def test_tags_make_no_objects():
    data = b"a: !!python/object/apply:os.system ['true']\nb: !ruby/object:Gem::X {c: d}"
    assert download.metadata(data) == {"a": ["true"], "b": {"c": "d"}}


def test_a_bomb_of_values_is_refused_in_time(monkeypatch):
    monkeypatch.setattr(download, "EVENTS_LIMIT", 1000)
    begun = time.monotonic()
    with pytest.raises(ValueError, match="more than 1000 values"):
        download.metadata(b"a: [" + b"1," * 1_000_000 + b"]")
    assert time.monotonic() - begun < 5


def test_an_alias_is_the_value_that_it_names(tmp_path):
    data = b"a: &x {n: 1}\nb: *x\nc: {<<: *x, m: 2}\nd: {n: 3, <<: *x}"
    one = {"n": "1"}
    assert download.metadata(data) == {
        "a": one,
        "b": one,
        "c": {**one, "m": "2"},
        "d": {"n": "3"},
    }
    shared = METADATA.replace("- :name: Ada", "- &ada\n    :name: Ada").replace(
        ":submitters: []", ":submitters:\n  - *ada"
    )
    found = export(tmp_path, shared).entries
    assert [s.email for entry in found[:2] for s in entry.students] == ["ada@mail.example"] * 2


def test_aliases_of_aliases_are_bounded():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(ValueError, match="more than 2000000 values"):
        download.metadata("\n".join(lines).encode())
