"""The commands that download: where the file comes to lie."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import main


@pytest.fixture(autouse=True)
def here(world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLAB_CONFIG", json.dumps({"data": str(world)}))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("wget http://a.org/x/17flowers.tgz", "17flowers.tgz"),
        ("wget -q -nc --no-check-certificate http://a.org/17flowers.tgz?v=1", "17flowers.tgz"),
        ("wget -O mine.tgz http://a.org/17flowers.tgz", "mine.tgz"),
        ("wget -qO mine.tgz http://a.org/17flowers.tgz", "mine.tgz"),
        ("wget --output-document=mine.tgz http://a.org/17flowers.tgz", "mine.tgz"),
        ("wget -P down/load http://a.org/17flowers.tgz", "down/load/17flowers.tgz"),
        ("wget -o log.txt http://a.org/17flowers.tgz", "17flowers.tgz"),
        ("curl -LO http://a.org/17flowers.tgz", "17flowers.tgz"),
        ("curl -L http://a.org/17flowers.tgz -o mine.tgz", "mine.tgz"),
        ("gdown --id 1AbC -O datasplits.mat", "datasplits.mat"),
        ("wget http://a.org/colours.tar.gz", "colours.tar.gz"),
    ],
)
def test_a_known_file_is_laid_there(line: str, place: str) -> None:
    assert main(line.split()) == f"{line.split()[0]}: {Path(place).name} is here now"
    assert Path(place).stat().st_size > 0
    assert main(line.split()).endswith("is already here")


def test_an_unknown_file_is_said_to_be_missing(tmp_path: Path) -> None:
    line = main(["wget", "http://a.org/cat.png"])
    assert line == "wget: no network, and cat.png is not among the files provided here"
    assert list(tmp_path.iterdir()) == []


def test_nothing_asked() -> None:
    assert main(["wget", "--version"]) == "wget: nothing was asked for"
    assert main(["nvidia-smi"]) == "nvidia-smi: no GPU in use"
