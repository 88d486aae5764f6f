"""Where networks train: torch, slow to import, is asked only where there may be a GPU."""

import sys
from types import SimpleNamespace

import pytest

from grader.batch import grading
from grader.cli import main as cli


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """Make this one with or without the device files of a GPU; return how often torch is asked."""

    def make(*, device_file, torch_says=None, platform="linux"):
        asked = []

        def is_available():
            asked.append("is_available")
            return torch_says

        fake = SimpleNamespace(cuda=SimpleNamespace(is_available=is_available))
        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.setitem(sys.modules, "torch", fake if torch_says is not None else None)
        there = tmp_path / "nvidiactl"
        if device_file:
            there.touch()
        monkeypatch.setattr(grading, "GPU_DEVICES", (str(tmp_path / "kfd"), str(there)))
        return asked

    return make


@pytest.mark.parametrize("requested", ["auto", "cpu"])
def test_without_a_device_file_torch_is_not_even_imported(machine, requested):
    machine(device_file=False)  # an import of torch would fail
    assert grading._device(requested) == "cpu"


def test_without_a_device_file_what_torch_would_say_does_not_count(machine):
    asked = machine(device_file=False, torch_says=True)
    assert grading._device("auto") == "cpu"
    assert asked == []


@pytest.mark.parametrize(("says", "device"), [(True, "cuda"), (False, "cpu")])
def test_with_a_device_file_torch_is_asked_and_believed(machine, says, device):
    asked = machine(device_file=True, torch_says=says)
    assert grading._device("auto") == device
    assert asked == ["is_available"]


def test_elsewhere_than_on_linux_torch_is_always_asked(machine):
    asked = machine(device_file=False, torch_says=True, platform="darwin")
    assert grading._device("cuda") == "cuda"
    assert asked == ["is_available"]


def test_who_wants_the_processor_gets_it_and_nobody_is_asked(machine):
    asked = machine(device_file=True, torch_says=True)
    assert grading._device("cpu") == "cpu"
    assert asked == []


@pytest.mark.parametrize("device_file", [True, False])
def test_a_gpu_that_was_asked_for_and_is_not_there_is_one_clear_line(
    machine, tmp_path, capsys, device_file
):
    machine(device_file=device_file, torch_says=False)
    path = tmp_path / "a2-cnn.ipynb"
    path.write_text('{"nbformat": 4, "nbformat_minor": 0, "metadata": {}, "cells": []}')
    code = cli.main(["grade", str(path), "--sandbox", "none", "--device", "cuda"])
    said = capsys.readouterr()
    line = "grader: --device cuda: no GPU that torch can use; leave the option out\n"
    assert (code, said.out, said.err) == (cli.USAGE, "", line)
