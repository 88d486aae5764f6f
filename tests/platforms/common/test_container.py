"""Dockerfile, devcontainer and the script of both agree, and name files that are there."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
SCRIPT = ROOT / "scripts" / "setup-container.sh"
DEVCONTAINER = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))


def test_what_is_copied_is_there_and_not_left_out():
    copied = re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert copied[-1] == "."
    left_out = (ROOT / ".dockerignore").read_text("utf-8").split()
    for name in " ".join(copied).split():
        assert (ROOT / name).exists()
        assert name not in left_out


def test_each_package_of_the_source_tree_is_there_when_it_is_installed():
    """An editable installation maps the packages that it finds, and none that comes later."""
    early = DOCKERFILE.partition("RUN make .venv/.installed")[0]
    for package in ("grader", "reference"):
        assert f"COPY {package}/__init__.py /srv/a2/{package}/__init__.py" in early


def test_the_devcontainer_lifts_the_filters_that_the_dockerfile_names():
    text = DOCKERFILE.replace("\\\n#", " ")
    named = re.findall(r"--security-opt (\S+)", text.partition("FROM")[0])
    assert DEVCONTAINER["runArgs"] == [part for name in named for part in ("--security-opt", name)]
    place = ROOT / ".devcontainer" / DEVCONTAINER["build"]["dockerfile"]
    assert place.resolve() == ROOT / "Dockerfile"


@pytest.mark.parametrize("package", ["bubblewrap", "chromium", "make", "python3-venv"])
def test_the_script_installs_what_make_would_ask_for(package):
    assert package in SCRIPT.read_text("utf-8").split()
    subprocess.run(["sh", "-n", SCRIPT], check=True)
