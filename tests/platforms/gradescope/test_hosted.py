"""Whatever becomes of the grader on Gradescope, there is a results.json that says it."""

import json
import os
import subprocess

import pytest

from grader.platforms.common import hosted
from grader.platforms.gradescope import autograder, package
from tests.class_parts import report
from tests.platforms.classes import writes
from tests.platforms.gradescope import reader


@pytest.fixture
def root(tmp_path, hand_in):
    """A folder that plays /autograder, set up."""
    place = tmp_path / "autograder"
    for name in ("private", "results", "source"):
        (place / name).mkdir(parents=True)
    hand_in.rename(place / "submission")
    (place / "private" / "settings.json").write_text('{"minutes": 10, "sandbox": "none"}')
    (place / "private" / "rubric.toml").write_text("")
    return place


def results(root):
    return reader.results((root / "results" / "results.json").read_bytes())


def test_gradescope_gets_the_score_and_the_work_is_gone(root, grader):
    grader(writes("submission", report()))
    assert autograder.main(root) == 0
    assert results(root)["score"] == 3.0
    assert not list((root / "private").glob("work-*"))


def test_gradescope_gets_the_reason_and_no_score(root, grader):
    grader("sys.exit(5)")
    assert autograder.main(root) == 0
    found = results(root)
    assert reader.total(found) is None
    assert "code 5: it said nothing" in found["output"]
    assert "not a score of 0" in found["output"]


METADATA = {
    "created_at": "2020-02-10T23:59:00.000000-05:00",
    "users": [{"id": 7, "name": "Ada", "email": "ada@x.ca", "sid": "s1"}],
    "assignment": {"due_date": "2020-02-11T05:00:00Z"},
}


@pytest.mark.parametrize(
    ("changes", "late"),
    [
        ({}, False),
        ({"created_at": "2020-02-11T00:00:01-05:00"}, True),
        ({"created_at": None}, None),
        ({"created_at": "yesterday"}, None),
        ({"assignment": {}}, None),
        ({"assignment": 3, "users": 4}, None),
        (
            {
                "created_at": "2020-02-12T00:00:00Z",
                "users": [{"assignment": {"due_date": "2020-02-13T00:00:00Z"}}],
            },
            False,
        ),
    ],
)
def test_lateness_is_the_platforms_and_an_extension_counts(root, grader, changes, late):
    (root / "submission_metadata.json").write_text(json.dumps({**METADATA, **changes}))
    grader(writes("submission", report()))
    autograder.main(root)
    assert ("late, as Gradescope says" in results(root)["output"]) is bool(late)
    metadata = {**METADATA, **changes}
    users = metadata["users"] if isinstance(metadata["users"], list) else []
    assert autograder.is_late(metadata, users) is late


def run_autograder(root, python):
    """Run the real script with a program in Python's place."""
    script = root / "source" / "run_autograder"
    script.write_bytes(package.FOLDER.joinpath("run_autograder").read_bytes())
    script.chmod(0o755)
    if python is not None:
        program = root / "private" / "fake-python"
        program.write_text(python)
        program.chmod(0o755)
        (root / "private" / "python").write_text(f"{program}\n")
    environment = {"AUTOGRADER_ROOT": str(root), "PATH": os.environ["PATH"]}
    return subprocess.run([script], env=environment, timeout=60, check=False).returncode


@pytest.mark.parametrize(
    ("python", "words"),
    [
        (None, "setup.sh did not finish"),
        ("#!/bin/sh\nexit 7\n", "the grader ended with code 7"),
        ("#!/bin/sh\nkill -9 $$\n", "the grader ended with code 137"),
        ("#!/bin/sh\nexit 0\n", "the grader was stopped before it could finish"),
    ],
)
def test_the_script_leaves_a_results_file_whatever_happens(root, python, words):
    assert run_autograder(root, python) == 0
    found = results(root)
    assert words in found["output"]
    assert reader.total(found) is None


def test_while_the_grader_runs_nobody_else_may_write_results_or_read_it(root):
    python = (
        f"#!/bin/sh\nstat -c '%a %n' {root}/results {root}/private {root}/source >{root}/seen\n"
    )
    run_autograder(root, python)
    assert [line.split()[0] for line in (root / "seen").read_text().splitlines()] == ["700"] * 3
    assert (root / "results").stat().st_mode & 0o777 == 0o755  # to be read, nobody's to write


def test_the_deadline_is_ours_before_it_is_gradescopes():
    assert autograder.MARGIN > hosted.GRACE + 30
