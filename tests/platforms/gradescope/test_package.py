"""The zip for Gradescope: complete, executable where it must be, without surprises."""

import io
import zipfile

import pytest

from grader.basics.exits import BadInput
from grader.platforms.common import archive
from grader.platforms.gradescope import package


@pytest.fixture(scope="module")
def autograder():
    return package.files(40, "uid", None)


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


def test_requirements_are_those_of_the_project(autograder):
    lines = autograder["requirements.txt"].decode().splitlines()
    names = {line.partition(">")[0] for line in lines if not line.startswith("#")}
    assert {"torch", "nbconvert", "pydantic", "pyyaml"} <= names
    assert "pytest" not in names


@pytest.mark.parametrize("minutes", [0, 3, 41])
def test_a_time_that_gradescope_does_not_give_is_refused(minutes):
    with pytest.raises(BadInput, match=f"--minutes {minutes}: Gradescope gives 10 to 40"):
        package.files(minutes, "uid", None)
