"""A platform is one folder: what lies there is found, works with every verb, and is documented."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader import platforms
from grader.basics import storage
from grader.basics.exits import GRADED
from grader.cli.main import main
from grader.model import Student, Submission
from grader.platforms.common.nouns import Platform
from tests.class_parts import report
from tests.downloads import put

ROOT = Path(__file__).parents[2]
COURSELY = {
    "__init__.py": '"""Coursely, which is made up."""\n',
    "download.py": '''
"""A Coursely download: `coursely~USER~NAME`, side by side."""

from grader.handin.intake.entries import Found
from grader.model import Student


def fits(_folders, files):
    return bool(files) and all(name.startswith("coursely~") for name in files)


def founds(folder):
    theirs = {}
    for name, file in folder.files.items():
        _, user, own = name.split("~")
        theirs.setdefault(user, {})[own] = file
    return tuple(
        Found(user, user, files=files, students=(Student(user),), back=f"coursely~{user}~")
        for user, files in theirs.items()
    ), (f"a Coursely download: {len(theirs)} submissions",)


def students(rows):
    if any(row.cell(0) != "coursely" for row in rows):
        return None
    return [(row, {"login": row.cell(1), "name": row.cell(2)}) for row in rows]
''',
    "platform.py": """
from grader.handin.intake.layouts import Download
from grader.platforms.common.nouns import Each, Feedback, Platform
from grader.platforms.coursely import download

PLATFORM = Platform(
    "Coursely",
    Each("score.txt", lambda report: f"{report.submission.id}: {report.score:g}\\n".encode()),
    download=Download(1, download.fits, download.founds),
    class_list=download.students,
    feedback=Feedback("Coursely does not say whose it is"),
)
""",
    "package.py": """
from grader.platforms.common import archive

NAME, HELP = "coursely", "what Coursely runs"


def arguments(parser):
    parser.add_argument("--out", type=archive.Path, required=True)


def run(options):
    archive.put_named(options.out, b"#!/bin/sh\\n")
""",
    "push.py": """
NAME, HELP, DESCRIPTION = "coursely", "send to Coursely", "Send results to Coursely."


def arguments(parser):
    parser.add_argument("graded")


def run(options):
    print(f"sent {options.graded}")
    return 0
""",
}


@pytest.fixture
def coursely(tmp_path, monkeypatch):
    """Lay a made-up platform's folder beside the others."""
    for name, text in COURSELY.items():
        put(tmp_path / "platforms", f"coursely/{name}", data=text.encode())
    monkeypatch.setattr(platforms, "__path__", [*platforms.__path__, str(tmp_path / "platforms")])
    yield
    for name in [name for name in sys.modules if name.startswith("grader.platforms.coursely")]:
        del sys.modules[name]
    vars(platforms).pop("coursely", None)


@pytest.fixture
def download(tmp_path):
    return put(tmp_path / "in", "coursely~ada~a2-cnn.ipynb", "coursely~bo~a2-cnn.ipynb")


@pytest.fixture
def results(tmp_path):
    for id_ in ("ada", "bo"):
        made = report(id_, submission=Submission(id_, students=(Student(id_),)))
        storage.save_report(tmp_path / "out" / id_, made)
        storage.write(tmp_path / "out" / id_ / "report.html", id_.encode())
    return tmp_path / "out"


@pytest.mark.usefixtures("coursely")
def test_the_download_and_the_class_list_of_a_new_folder_come_in(tmp_path, download, capsys):
    (tmp_path / "class.csv").write_text("coursely,ada,Ada L\ncoursely,cy,Cy M\n")
    roster = ["--roster", str(tmp_path / "class.csv")]
    assert main(["grade", str(download), "--dry-run", *roster]) == GRADED
    said = capsys.readouterr().out
    assert "a download of Coursely, 2 submissions" in said
    assert "note: a Coursely download: 2 submissions" in said
    assert "nothing came from: Cy M cy" in said
    assert "not on the roster: bo" in said


@pytest.mark.usefixtures("coursely")
def test_what_it_takes_goes_out(tmp_path, download, results, capsys):
    files, feedback = tmp_path / "files", tmp_path / "feedback.zip"
    to = ["export", str(results), "--to"]
    assert main([*to, "coursely", "--out", str(files)]) == GRADED
    assert (files / "ada" / "score.txt").read_text() == "ada: 3\n"
    back = ["--download", str(download), "--out", str(feedback)]
    assert main([*to, "feedback", *back]) == GRADED
    archive = zipfile.ZipFile(io.BytesIO(feedback.read_bytes()))
    assert archive.namelist() == ["coursely~ada~report.html", "coursely~bo~report.html"]
    assert archive.read("coursely~ada~report.html") == b"ada"
    assert "2 reports for Coursely" in capsys.readouterr().err


@pytest.mark.usefixtures("coursely")
def test_it_is_packaged_and_pushed(tmp_path, results, capsys):
    assert main(["package", "coursely", "--out", str(tmp_path / "run.sh")]) == GRADED
    assert (tmp_path / "run.sh").stat().st_mode & 0o111
    assert main(["push", "coursely", str(results)]) == GRADED
    assert platforms.named("push") == "coursely, markus"
    assert f"sent {results}" in capsys.readouterr().out


def test_the_surest_sign_is_asked_for_first():
    """Files of Moodle and of Blackboard may have numbers where Canvas has them."""
    assert list(platforms.downloads()) == [
        "gradescope", "moodle", "brightspace", "blackboard", "canvas",
    ]  # fmt: skip


@pytest.mark.parametrize("name", platforms.names())
def test_a_platform_has_a_title_tests_and_a_section(name):
    platform = platforms.get(name)
    assert isinstance(platform, Platform)
    assert list((ROOT / "tests" / "platforms" / name).glob("test_*.py"))
    assert f"\n## {platform.title}\n" in (ROOT / "docs" / "platforms.md").read_text("utf-8")


def test_help_waits_for_no_platform():
    code = (
        "import sys; from grader.cli.main import parser; parser();"
        "sys.exit(any(name.startswith(('grader.platforms.common', 'grader.platforms.moodle',"
        " 'grader.handin', 'torch', 'yaml')) for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
