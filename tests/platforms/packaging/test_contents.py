"""What the packages hold: complete, executable where it must be, installable, without surprises."""

import base64
import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile

import pytest
import yaml

from grader.basics.exits import GRADED, USAGE, BadInput
from grader.cli.main import main
from grader.platforms.packaging import archive, contents, distribution


@pytest.fixture(scope="module")
def autograder():
    return contents.gradescope(40, "uid", None)


def wheel_of(files):
    return next((name, data) for name, data in files.items() if name.endswith(".whl"))


def test_the_zip_has_at_its_root_what_gradescope_runs(autograder):
    with zipfile.ZipFile(io.BytesIO(archive.zipped(autograder))) as found:
        entries = {entry.filename: entry for entry in found.infolist()}
        for name in ("setup.sh", "run_autograder"):
            assert entries[name].external_attr >> 16 & 0o777 == 0o755
            assert found.read(name).startswith(b"#!/")
            assert b"\r" not in found.read(name)
        assert not any(name.endswith("/") or name.startswith("/") for name in entries)
        assert entries["rubric.toml"].external_attr >> 16 & 0o777 == 0o644
    assert archive.zipped(autograder) == archive.zipped(dict(reversed(autograder.items())))


def test_scripts_are_shell_that_parses(autograder):
    tester = contents.markus(1800, None, None)
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
        "grader/platforms/packaging/gradescope/setup.sh",
        "grader/assignment/world/deeplab.safetensors", "grader/kernel/colab/inside/launch.py",
    }  # fmt: skip
    assert needed <= names
    assert not [n for n in names if "__pycache__" in n or n.startswith("tests/")]


def test_requirements_are_those_of_the_project(autograder):
    lines = autograder["requirements.txt"].decode().splitlines()
    names = {line.partition(">")[0] for line in lines if not line.startswith("#")}
    assert {"torch", "nbconvert", "pydantic", "pyyaml"} <= names
    assert "pytest" not in names


@pytest.mark.parametrize("minutes", [0, 3, 41])
def test_a_time_that_gradescope_does_not_give_is_refused(minutes):
    with pytest.raises(BadInput, match=f"--minutes {minutes}: Gradescope gives 10 to 40"):
        contents.gradescope(minutes, "uid", None)


@pytest.mark.parametrize("timeout", [10, 3601])
def test_a_time_that_markus_does_not_give_is_refused(timeout):
    with pytest.raises(BadInput, match=f"--timeout {timeout}: give 240 to 3600 seconds"):
        contents.markus(timeout, None, None)


def test_the_specs_are_those_of_a_custom_tester():
    files = contents.markus(900, "Code", None)
    specs = json.loads(files["specs.json"])
    (tester,) = specs["testers"]
    assert tester["tester_type"] == "custom"
    (data,) = tester["test_data"]
    assert data["script_files"] == ["run_grader.sh"]
    assert set(data["script_files"]) <= set(files)
    assert data["category"] == ["instructor"]
    assert data["timeout"] == 900
    assert data["feedback_file_names"] == ["report.html"]
    assert data["extra_info"] == {
        "name": "grader", "criterion": "Code", "display_output": "instructors_and_students",
    }  # fmt: skip
    assert b"--timeout 900" in files["run_grader.sh"]
    assert b"@" not in files["run_grader.sh"].replace(b'"$@"', b"")


def test_the_specs_are_read_by_the_types_of_markus_autotesting():
    """markus-autotesting-core 0.1.0, `types/types.py`: its testers are built of these types."""
    types = pytest.importorskip("markus_autotesting_core.types")
    msgspec = pytest.importorskip("msgspec")
    data = msgspec.defstruct("CustomTestData", [], bases=(types.BaseTestData,))
    tester = msgspec.defstruct(
        "CustomTesterSettings", [("test_data", list[data])], bases=(types.BaseTesterSettings,),
        kw_only=True,
    )  # fmt: skip
    settings = types.create_autotest_settings_class([tester])
    specs = contents.markus(900, "Code", None)["specs.json"]
    (found,) = msgspec.json.decode(specs, type=settings).testers
    assert found.tester_type == "custom"
    assert (found.test_data[0].timeout, found.test_data[0].category) == (900, ["instructor"])
    for key, wrong in (('"timeout": 900', '"timeout": "900"'), ('"custom"', '"haskell"')):
        assert key in specs.decode()
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(specs.decode().replace(key, wrong), type=settings)


def test_the_workflow_grades_in_bubblewrap_and_names_what_was_lost():
    found = yaml.safe_load(contents.actions())
    assert found["permissions"] == {"contents": "read"}
    steps = {step.get("name"): step.get("run", "") for step in found["jobs"]["grade"]["steps"]}
    assert "--sandbox bubblewrap" in steps["Grade"]
    for script in steps.values():
        subprocess.run(["bash", "-n"], input=script.encode(), check=True)
    assert "--to github" in steps["Points"]
    assert "$GITHUB_STEP_SUMMARY" in steps["Points"]


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
    _, data = wheel_of(contents.markus(900, None, None))
    with zipfile.ZipFile(io.BytesIO(data)) as wheel:
        wheel.extractall(tmp_path / "site")
    code = (
        "from grader.platforms.packaging import contents; import grader, sys;"
        f"assert grader.__file__.startswith({str(tmp_path)!r}), grader.__file__;"
        "found = contents.gradescope(40, 'uid', None);"
        f"sys.exit(sorted(found) != {sorted(contents.gradescope(40, 'uid', None))!r})"
    )
    environment = {"PYTHONPATH": str(tmp_path / "site"), "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env=environment)
