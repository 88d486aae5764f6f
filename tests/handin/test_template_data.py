"""The template finds its data: what lies there, what can be downloaded, or the stand-in."""

import contextlib
import io
import sys

import pytest
import torch

from tests.handin.test_template import TEXT, source


def no_network(origin, *_):
    raise OSError(f"no way to {origin}")


@pytest.fixture
def data_cells(tmp_path, monkeypatch):
    """Return a function that runs the cells which find the data, in an empty folder."""
    import os
    import shutil
    import urllib.request

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(urllib.request, "urlretrieve", no_network)

    def find(wanted):
        space = {"os": os, "shutil": shutil, "urllib": urllib, "torch": torch, "DATA": wanted}
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            for identity in ("get-file", "find-data"):
                exec(source(TEXT, identity), space)  # noqa: S102 - our own text
        return space["DATA_ROOT"], printed.getvalue()

    return find


def test_data_in_the_folder_is_taken_first(data_cells, tmp_path):
    (tmp_path / "data" / "cifar-10-batches-py").mkdir(parents=True)
    assert data_cells("auto")[0] == "."
    (tmp_path / "mine" / "data" / "cifar-10-batches-py").mkdir(parents=True)
    assert data_cells("mine")[0] == "mine"


def test_offline_the_stand_in_takes_the_place_of_the_real_data(data_cells, monkeypatch, tmp_path):
    monkeypatch.setattr(
        "grader.assignment.in_notebook.stand_in_data", lambda: str(tmp_path / "world")
    )
    assert data_cells("auto") == (
        str(tmp_path / "world"),
        f"Data: the small stand-in, in {tmp_path / 'world'}\n",
    )
    root, said = data_cells("real")
    assert root == str(tmp_path / "world")
    assert "The real data cannot be downloaded (no way to http://www.cs.toronto.edu" in said


def test_without_network_and_package_one_line_says_what_to_do(data_cells, monkeypatch):
    monkeypatch.setitem(sys.modules, "grader.assignment.in_notebook", None)
    with pytest.raises(OSError, match=r"cannot be downloaded .* Connect, or install it"):
        data_cells("auto")


def test_a_folder_without_the_data_is_named(data_cells):
    with pytest.raises(FileNotFoundError, match=r"DATA = 'elsewhere': .*`grader data make --to F"):
        data_cells("elsewhere")
