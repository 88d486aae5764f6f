"""Reports go back by the platform's own rules: each student gets the one that is theirs."""

import io
import json
import zipfile
from dataclasses import replace

import nbformat
import pytest

from grader.basics import storage
from grader.basics.exits import GRADED, USAGE, WITHHELD
from grader.batch.pages import rendered
from grader.cli.main import main
from grader.model import Student, Submission
from grader.reports.html.nouns import Parts
from tests.class_parts import report, withheld
from tests.downloads import NOTEBOOK, found, put, zipped
from tests.platforms.canvas import reader as canvas_reader
from tests.platforms.classes import hidden
from tests.platforms.moodle import reader as moodle_reader
from tests.platforms.test_worksheet import NAMES, brightspace, moodle

UNSAID = "head_kernel"


def page_of(id_):
    """Return a report whose hidden check found something."""
    return replace(hidden(), submission=Submission(id_, students=(Student(id_),)))


def grade(download, out):
    """Put a report and its page for each submission of a download."""
    for entry in found(download).entries:
        made = page_of(entry.id)
        storage.save_report(out / entry.id, made)
        for name, data in rendered(made, Parts()).items():
            storage.write(out / entry.id / name, data)


def export(download, out, *options):
    place = out.parent / "feedback.zip"
    code = main(
        ["export", str(out), "--to", "feedback", "--download", str(download), "--out", str(place),
         *options]
    )  # fmt: skip
    if not place.exists():
        return code, {}
    archive = zipfile.ZipFile(io.BytesIO(place.read_bytes()))
    return code, {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def graded(tmp_path):
    """Return a function that grades a download and exports its feedback."""

    def made(download, *options):
        grade(download, tmp_path / "out")
        return export(download, tmp_path / "out", *options)

    return made


def is_theirs(data, id_):
    return id_ in data.decode() and UNSAID not in data.decode()


@pytest.mark.parametrize("ending", ["", "_"])
def test_moodle_hands_each_of_eight_their_own_page(tmp_path, graded, ending):
    names = [moodle(n).replace("/", f"{ending}/") for n in range(8)]
    code, files = graded(put(tmp_path / "in", *names))
    numbers = {100001 + n: NAMES[n] for n in range(8)}
    given = moodle_reader.feedback(list(files), numbers)
    assert code == GRADED
    assert sorted(given) == sorted(NAMES)
    for n, name in enumerate(NAMES):
        assert is_theirs(files[given[name]], f"{100001 + n}")


def test_moodle_finds_students_whose_names_hold_its_own_marks(tmp_path, graded, capsys):
    put(tmp_path / "in", "Ada_5_Love_100001_assignsubmission_file/a2-cnn.ipynb")
    put(tmp_path / "in", "Default group_assignsubmission_file/a2-cnn.ipynb")
    code, files = graded(tmp_path / "in")
    assert code == GRADED
    (name,) = files
    assert moodle_reader.feedback([name], {100001: "ada", 5: "bob"}) == {"ada": name}
    assert "Default group: a team without a number, and Moodle goes by numbers; left out" in (
        capsys.readouterr().err
    )


UPLOADS = {
    "ada_501_9001_a2-cnn.ipynb": ("501", "9001", "a2-cnn.ipynb"),
    "ada_501_9002_a2-writeup.pdf": ("501", "9002", "a2-writeup.pdf"),
    "ada_501_9007_a2-cnn-1.ipynb": ("501", "9007", "a2-cnn-1.ipynb"),
    "bob_LATE_502_9003_2020_link.ipynb": ("502", "9003", "2020_link.ipynb"),
    "anon_x7Q_9004_a2-cnn.ipynb": ("x7Q", "9004", "a2-cnn.ipynb"),
    "a2_group_12_503_9005_a2-cnn.ipynb": ("503", "9005", "a2-cnn.ipynb"),
    "cyd_504_9006_work.zip": ("504", "9006", "work.zip"),
}


def test_canvas_shows_a_notebook_beside_the_last_upload_of_one(tmp_path, graded, capsys):
    put(tmp_path / "in", *UPLOADS)
    (tmp_path / "in" / "cyd_504_9006_work.zip").write_bytes(zipped([("a2-cnn.ipynb", NOTEBOOK)]))
    code, files = graded(tmp_path / "in")
    uploads = {(user, number): name for user, number, name in UPLOADS.values()}
    given = canvas_reader.feedback(list(files), uploads, ("a2_group_12",))
    assert code == GRADED
    assert {user: shown for user, (_, shown) in given.items()} == {
        "501": "a2-cnn-1.ipynb", "502": "2020_link.ipynb", "x7Q": "a2-cnn.ipynb",
        "503": "a2-cnn.ipynb",
    }  # fmt: skip
    assert len(files) == 4
    for user, (name, _) in given.items():
        notebook = nbformat.reads(files[name].decode(), as_version=4)
        nbformat.validate(notebook)
        assert user in notebook.cells[0].source
        assert UNSAID not in files[name].decode()
    assert (
        "cyd_504: Canvas hands files back beside uploaded notebooks, and there is none; left out"
    ) in capsys.readouterr().err


def test_brightspace_gets_pages_in_the_folders_of_the_last_times(tmp_path, graded):
    put(tmp_path / "in", *(brightspace(n) for n in range(8)))
    put(tmp_path / "in", f"501-90 - {NAMES[0]} - Feb 9, 2020 1159 PM/a2-writeup.pdf")
    code, files = graded(tmp_path / "in")
    assert code == GRADED
    pages = {brightspace(n).replace("a2-cnn.ipynb", "report.html"): 501 + n for n in range(8)}
    assert sorted(files) == sorted(pages)
    assert all(is_theirs(files[name], str(number)) for name, number in pages.items())


def test_brightspace_without_folders_is_told(tmp_path, graded, capsys):
    put(tmp_path / "in", "12-6 - Ada L - a2-cnn.ipynb", "13-6 - Bob N - a2-cnn.ipynb")
    code, files = graded(tmp_path / "in")
    assert (code, files) == (USAGE, {})
    said = capsys.readouterr().err
    assert "Ada L_12: not in a folder of its own, and Brightspace goes by folders; left out" in said
    assert "no report goes back to Brightspace" in said


def test_who_gets_nothing_is_named(tmp_path, capsys):
    put(tmp_path / "in", *(moodle(n) for n in range(3)))
    out = tmp_path / "out"
    ids = [f"{NAMES[n]}_{100001 + n}" for n in range(3)]
    storage.save_report(out / ids[0], withheld(ids[0]))
    storage.save_report(out / ids[1], page_of(ids[1]))
    storage.save_report(out / "eve", page_of("eve"))
    code, files = export(tmp_path / "in", out)
    assert (code, files) == (USAGE, {})
    said = capsys.readouterr().err
    assert f"{ids[1]}: no report.html; `grader report` writes it; left out" in said
    assert "eve: not in the download; left out" in said
    assert f"{ids[2]}: not graded; left out" in said
    storage.write(out / ids[1] / "report.html", b"page")
    code, files = export(tmp_path / "in", out, "--submission", ids[1])
    assert (code, list(files.values())) == (GRADED, [b"page"])
    code, files = export(tmp_path / "in", out)
    assert (code, list(files.values())) == (WITHHELD, [b"page"])


def test_an_id_that_was_given_before_stays_with_its_student(tmp_path):
    put(tmp_path / "in", moodle(0))
    out = tmp_path / "out"
    storage.save_report(out / "kept", page_of("kept"))
    storage.write(out / "kept" / "report.html", b"page")
    given = [{"id": "kept", "name": f"{NAMES[0]}_100001", "key": "100001"}]
    storage.write(out / ".grader" / "ids.json", json.dumps(given).encode())
    code, files = export(tmp_path / "in", out)
    assert (code, list(files.values())) == (GRADED, [b"page"])


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (
            ["ada/a2-cnn.ipynb", "bo/a2-cnn.ipynb"],
            "not a download of Brightspace, Canv",
        ),
        (
            ["A2_ada_attempt_2020-02-13-23-59-01_a2-cnn.ipynb"],
            "Blackboard takes no files back for a class: attach each report.html by hand",
        ),
        (
            ["submission_metadata.yml", "submission_1/a2-cnn.ipynb"],
            "Gradescope takes no files back, it shows results: use --to gradescope",
        ),
    ],
)
def test_a_platform_that_takes_none_is_one_line(tmp_path, graded, capsys, names, line):
    put(tmp_path / "in", *names, data=b"{}" if "submission_metadata.yml" in names else NOTEBOOK)
    code, files = graded(tmp_path / "in")
    assert (code, files) == (USAGE, {})
    assert line in capsys.readouterr().err


def test_the_download_is_needed_and_belongs_to_feedback(graded, tmp_path, capsys):
    storage.save_report(tmp_path / "out" / "ada", report())
    assert main(["export", str(tmp_path / "out"), "--to", "feedback"]) == USAGE
    assert "--to feedback needs --download PATH" in capsys.readouterr().err
    assert main(["export", str(tmp_path / "out"), "--to", "csv", "--download", "x"]) == USAGE
    assert "--download belongs to --to feedback" in capsys.readouterr().err
