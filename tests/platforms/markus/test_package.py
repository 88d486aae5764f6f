"""The custom tester for MarkUs: its specs, and its time."""

import json

import pytest

from grader.basics.exits import BadInput
from grader.platforms.markus import package


@pytest.mark.parametrize("timeout", [10, 3601])
def test_a_time_that_markus_does_not_give_is_refused(timeout):
    with pytest.raises(BadInput, match=f"--timeout {timeout}: give 240 to 3600 seconds"):
        package.files(timeout, None, None)


def test_the_specs_are_those_of_a_custom_tester():
    files = package.files(900, "Code", None)
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
    specs = package.files(900, "Code", None)["specs.json"]
    (found,) = msgspec.json.decode(specs, type=settings).testers
    assert found.tester_type == "custom"
    assert (found.test_data[0].timeout, found.test_data[0].category) == (900, ["instructor"])
    for key, wrong in (('"timeout": 900', '"timeout": "900"'), ('"custom"', '"haskell"')):
        assert key in specs.decode()
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(specs.decode().replace(key, wrong), type=settings)
