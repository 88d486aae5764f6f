"""The real zip in a folder that plays /autograder: set up once, then a submission at a time."""

import io
import os
import subprocess
import sys
import zipfile

import nbformat
import pytest

from grader.platforms.common import archive
from grader.platforms.gradescope import package
from tests.platforms.gradescope import reader as gradescope_reader

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    place = tmp_path_factory.mktemp("autograder")
    for name in ("source", "submission", "results"):
        (place / name).mkdir()
    # The image of a test has no user of its own to spare, and may have a sandbox that needs none.
    made = archive.zipped(package.files(10, "bubblewrap", None))
    with zipfile.ZipFile(io.BytesIO(made)) as zip_:
        for entry in zip_.infolist():
            path = place / "source" / entry.filename
            path.write_bytes(zip_.read(entry))
            path.chmod(entry.external_attr >> 16 & 0o777)
    run(place, "source/setup.sh")
    return place


def run(root, script):
    environment = {
        "AUTOGRADER_ROOT": str(root),
        "GRADER_PYTHON": sys.executable,
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
    }
    done = subprocess.run(
        [root / script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def graded(root, data):
    (root / "submission" / "a2-cnn.ipynb").write_bytes(data)
    said = run(root, "source/run_autograder")
    return gradescope_reader.results((root / "results" / "results.json").read_bytes()), said


def test_the_grader_lies_where_only_its_owner_reads(root):
    assert (root / "private").stat().st_mode & 0o777 == 0o700
    assert (root / "source").stat().st_mode & 0o777 == 0o700
    assert (root / "private" / "packages" / "reference" / "unet.py").is_file()
    assert (root / "cache" / "world").stat().st_mode & 0o005  # the stand-in data is for all


def test_a_tiny_notebook_is_graded_and_each_gap_is_named(root):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")])
    found, said = graded(root, nbformat.writes(notebook).encode())
    assert found["score"] == 0.0, said
    assert found["extra_data"]["isolation"] == "bubblewrap"
    builds = next(t for t in found["tests"] if t["name"].startswith("cnn.builds"))
    assert builds["status"] == "failed"
    assert "missing" in builds["tags"]
    assert not list((root / "private").glob("work-*"))


def test_what_is_no_notebook_gets_zero_with_the_reason_and_not_an_error(root):
    found, _ = graded(root, b"<html>sign in</html>")
    assert found["score"] == 0.0
    assert "an HTML page, not a notebook" in str(found)
