"""Every library name that real notebooks use, looked up as a cell would, in the kernel's world."""

import json
import shutil
from pathlib import Path

import pytest

CENSUS = Path(__file__).with_name("census.txt").read_text("utf-8").splitlines()
NAMES = [line.partition(" ")[0] for line in CENSUS if not line.startswith("#")]
# What the environment cannot have, and what the world does instead: a placeholder for the import,
# an error that names the package where it is used, a line in the report that blames nobody.
NOT_HERE = {"tensorflow", "load_data", "utils"}
MAGICS = ("cd", "mkdir", "matplotlib", "pip")
COMMANDS = ("git", "pip", "wget", "tar", "unzip", "curl")

LOOK = """
import importlib, json
def look(name):
    parts = name.split('.')
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module('.'.join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return True
    raise LookupError(name)
lost = {}
for name in json.loads(NAMES):
    try:
        look(name)
    except Exception as error:
        lost[name] = f'{type(error).__name__}: {error}'
"""


def test_every_name_is_there_or_known_not_to_be(colab):
    names = [name for name in NAMES if name.partition(".")[0] not in NOT_HERE]
    assert len(names) > 90
    colab.run(f"NAMES = {json.dumps(names)!r}\n{LOOK}")
    assert colab.value("lost") == {}


def test_what_cannot_be_there_is_a_placeholder(colab):
    absent = [name for name in NAMES if name.partition(".")[0] in NOT_HERE]
    assert {name.partition(".")[0] for name in absent} == NOT_HERE
    for name in absent:
        module, _, thing = name.rpartition(".")
        cell = colab.run(f"from {module} import {thing}\nrest_of_the_cell = {thing!r}")
        assert cell.status == "ok", cell.error
        assert colab.value("rest_of_the_cell") == thing
        assert colab.run(f"{thing}()").error.startswith("AbsentPackage")


@pytest.mark.parametrize("name", MAGICS)
def test_magics_are_there(colab, name):
    assert colab.value(f"get_ipython().find_line_magic({name!r}) is not None") is True


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_are_there(side, name):
    path = f"{side / 'bin'}:/usr/bin:/bin"
    assert shutil.which(name, path=path)
