"""What the packages hold: complete, executable where it must be, installable, without surprises."""

import base64
import csv
import hashlib
import io
import subprocess
import sys
import zipfile

import pytest
import yaml

from grader.basics.exits import GRADED, USAGE
from grader.cli.main import main
from grader.platforms.common import distribution
from grader.platforms.gradescope import package as gradescope
from grader.platforms.markus import package as markus


def wheel_of(files):
    return next((name, data) for name, data in files.items() if name.endswith(".whl"))


@pytest.fixture(scope="module")
def autograder():
    return gradescope.files(40, "uid", None)


def test_scripts_are_shell_that_parses(autograder):
    tester = markus.files(1800, None, None)
    for script in (autograder["setup.sh"], autograder["run_autograder"], tester["run_grader.sh"]):
        subprocess.run(["bash", "-n"], input=script, check=True)


def test_the_wheel_is_whole_and_its_digests_are_right(autograder):
    name, data = wheel_of(autograder)
    assert name == f"csc413_a2_grader-{distribution.described().version}-py3-none-any.whl"
    with zipfile.ZipFile(io.BytesIO(data)) as wheel:
        names = set(wheel.namelist())
        record = next(n for n in names if n.endswith(".dist-info/RECORD"))
        rows = list(csv.reader(io.StringIO(wheel.read(record).decode())))
        assert {row[0] for row in rows} == names
        for path, digest, size in rows:
            if path != record:
                found = hashlib.sha256(wheel.read(path)).digest()
                assert digest == "sha256=" + base64.urlsafe_b64encode(found).rstrip(b"=").decode()
                assert int(size) == len(wheel.read(path))
        points = wheel.read(record.replace("RECORD", "entry_points.txt")).decode()
    assert "grader-bubblewrap" in points
    assert "grader = grader.__main__:main" in points
    needed = {
        "grader/cli/main.py", "reference/unet.py", "grader/assignment/rubric.toml",
        "grader/reports/classpage/index.html",
        "grader/platforms/gradescope/setup.sh", "grader/assignment/world/deeplab.safetensors",
        "grader/kernel/colab/inside/launch.py",
    }  # fmt: skip
    assert needed <= names
    assert not [n for n in names if "__pycache__" in n or n.startswith("tests/")]


def test_the_command_writes_each_package(tmp_path, capsys):
    assert main(["package", "gradescope", "--out", str(tmp_path / "a.zip")]) == GRADED
    assert zipfile.is_zipfile(tmp_path / "a.zip")
    assert main(["package", "markus", "--out", str(tmp_path / "m")]) == GRADED
    assert (tmp_path / "m" / "run_grader.sh").stat().st_mode & 0o111
    assert main(["package", "actions", "--out", str(tmp_path / "w" / "c.yml")]) == GRADED
    assert (tmp_path / "w" / "c.yml").is_file()
    assert "run_grader.sh" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gradescope", "--out", "."], "a folder; give the name of a file"),
        (["gradescope", "--out", "x.zip", "--rubric", "/no.toml"], "/no.toml"),
        (
            ["gradescope", "--out", "x.zip", "--sandbox", "bogus"],
            "--sandbox bogus: give one of auto",
        ),
        (["actions", "--out", "/dev/null/x.yml"], "cannot be written"),
    ],
)
def test_wrong_usage_is_one_line(arguments, words, capsys):
    assert main(["package", *arguments]) == USAGE
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_the_workflow_of_this_repository_runs_the_two_commands():
    path = distribution.Path(__file__).parents[3] / ".github" / "workflows" / "ci.yml"
    found = yaml.safe_load(path.read_text("utf-8"))
    runs = [step.get("run") for step in found["jobs"]["test"]["steps"]]
    assert "make lint" in runs
    assert "make test" in runs


def test_no_package_needs_the_source_tree(tmp_path):
    """The wheel makes the same package again: nothing is read from beside it."""
    _, data = wheel_of(markus.files(900, None, None))
    with zipfile.ZipFile(io.BytesIO(data)) as wheel:
        wheel.extractall(tmp_path / "site")
    code = (
        "from grader.platforms.gradescope import package; import grader, sys;"
        f"assert grader.__file__.startswith({str(tmp_path)!r}), grader.__file__;"
        "found = package.files(40, 'uid', None);"
        f"sys.exit(sorted(found) != {sorted(gradescope.files(40, 'uid', None))!r})"
    )
    environment = {"PYTHONPATH": str(tmp_path / "site"), "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env=environment)
