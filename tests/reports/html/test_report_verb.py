"""`grader report` writes the pages of a graded folder once more."""

import pytest

from grader.basics import storage
from grader.cli.main import main
from grader.reports.html.nouns import FILE
from tests import pages


def graded(folder, report=None, parts=None):
    storage.save_report(folder, report or pages.report())
    storage.write(folder / storage.EVIDENCE / FILE, storage.to_json(parts or pages.parts()))
    return folder


def test_a_class_gets_a_page_each(tmp_path, capsys):
    graded(tmp_path / "chen")
    graded(tmp_path / "amelie")
    assert main(["report", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        str(tmp_path / name / "report.html") for name in ("amelie", "chen")
    ]
    assert "9876543210123" not in (tmp_path / "chen/report.html").read_text("utf-8")


def test_one_submission_for_the_instructor(tmp_path):
    graded(tmp_path / "chen")
    assert main(["report", str(tmp_path / "chen"), "--audience", "instructor"]) == 0
    assert "9876543210123" in (tmp_path / "chen/report-instructor.html").read_text("utf-8")
    assert not (tmp_path / "chen/report.html").exists()


def test_without_the_parts_there_still_is_a_page(tmp_path):
    storage.save_report(tmp_path / "chen", pages.report())
    assert main(["report", str(tmp_path)]) == 0
    assert "Title of cnn.blocks" in (tmp_path / "chen/report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda f: None, "no report.json in the folders below it"),
        (
            lambda f: storage.write(f / "chen/report.json", b"{}"),
            "its report cannot be read: not a GradeReport",
        ),
        (
            lambda f: (graded(f / "chen"), storage.write(f / "chen/evidence/page.json", b"[1"))[0],
            "its report cannot be read: not a Parts",
        ),
        (
            lambda f: graded(
                f / "chen",
                pages.report((pages.check("cnn.builds", visibility="hidden"), pages.BLOCKS)),
            ),
            "run `grader rescore` first, or give --audience instructor",
        ),
    ],
)
def test_what_cannot_be_shown_is_one_line(tmp_path, capsys, spoil, told):
    spoil(tmp_path)
    assert main(["report", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("grader: ")
    assert told in error
    assert error.count("\n") == 1
