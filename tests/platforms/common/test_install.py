"""scripts/install-packages.sh: torch for the CPU where it saves anything, and no failure for it."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "install-packages.sh"
INDEX = "https://index.example/cpu"
CPU = f"--no-deps --retries 0 --timeout 10 --index-url {INDEX} torch torchvision"
PYTHON = """#!/bin/sh
case "$*" in
-c*) exit {has_torch} ;;
*index-url*) echo "$*" >>"$LOG"; exit {index_answers} ;;
*) echo "$*" >>"$LOG"; exit {rest} ;;
esac
"""


def program(folder, name, text):
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


def install(folder, *, machine="x86_64", system="Linux", gpu=1, torch=1, answers=0, rest=0):
    """Run the script with stand-ins for the machine; codes are exit codes, 0 is yes."""
    python = program(
        folder, "python", PYTHON.format(has_torch=torch, index_answers=answers, rest=rest)
    )
    program(folder, "nvidia-smi", f"#!/bin/sh\nexit {gpu}\n")
    program(folder, "uname", f'#!/bin/sh\n[ "$1" = -s ] && echo {system} || echo {machine}\n')
    found = subprocess.run(
        ["/bin/sh", SCRIPT, python, "-e", ".[dev]"],
        env={"PATH": f"{folder}:{os.environ['PATH']}", "LOG": str(folder / "log"),
             "TORCH_INDEX": INDEX},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    head = "-m pip --disable-pip-version-check install --quiet "
    calls = [line.removeprefix(head) for line in (folder / "log").read_text().splitlines()]
    return found, calls


def test_a_machine_without_a_gpu_gets_torch_and_torchvision_from_one_index_first(tmp_path):
    found, calls = install(tmp_path)
    assert (found.returncode, found.stderr) == (0, "")
    assert calls == [CPU, "-e .[dev]"]


def test_where_that_index_does_not_answer_the_usual_wheels_do(tmp_path):
    found, calls = install(tmp_path, answers=1)
    assert found.returncode == 0
    assert found.stderr == f"no CPU wheels of torch at {INDEX}; the usual ones are taken\n"
    assert calls == [CPU, "-e .[dev]"]


@pytest.mark.parametrize(
    "case",
    [{"gpu": 0}, {"torch": 0}, {"system": "Darwin"}, {"machine": "aarch64"}],
    ids=lambda case: next(iter(case)),
)
def test_who_gains_nothing_is_left_alone(tmp_path, case):
    found, calls = install(tmp_path, **case)
    assert (found.returncode, calls) == (0, ["-e .[dev]"])


def test_an_installation_that_fails_is_a_failure(tmp_path):
    assert install(tmp_path, rest=3)[0].returncode == 3
