"""Figures are small and drawn once, and the files and pages that show them stay right."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest
from colab_world import figures, patches
from IPython.core.pylabtools import print_figure
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.figure import Figure


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The pictures that were really drawn; matplotlib is as it was afterwards."""
    found: list[str] = []
    original = FigureCanvasBase.print_figure

    def counted(self: Any, filename: Any, *args: Any, **kwargs: Any) -> Any:
        found.append(type(filename).__name__)
        return original(self, filename, *args, **kwargs)

    monkeypatch.setattr(FigureCanvasBase, "print_figure", counted)
    monkeypatch.setattr(patches, "_wanted", [])
    figures.draw_once()
    figures.draw_once()
    yield found
    plt.close("all")


def test_a_figure_that_is_saved_and_shown_is_drawn_once(drawn: list[str], tmp_path: Path) -> None:
    figure = plt.figure()
    plt.plot([1, 2])
    plt.savefig(tmp_path / "a.png")
    shown = print_figure(figure)
    assert len(drawn) == 1
    assert (tmp_path / "a.png").read_bytes() == shown


CHANGES = {
    "a title": lambda figure: figure.suptitle("x"),
    "another line": lambda figure: figure.gca().plot([3]),
    "another size": lambda figure: figure.set_size_inches(2, 2),
    "cleared": lambda figure: figure.clf(),
    "another colour": lambda figure: figure.set_facecolor("red"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_has_changed_since_is_drawn_again(
    drawn: list[str], tmp_path: Path, change: Any
) -> None:
    figure = plt.figure()
    plt.plot([1, 2])
    figure.savefig(tmp_path / "a")
    change(figure)
    figure.savefig(tmp_path / "b.png")
    assert len(drawn) == 2
    assert (tmp_path / "a.png").read_bytes() != (tmp_path / "b.png").read_bytes()


def test_other_formats_and_settings_are_matplotlibs_own(drawn: list[str], tmp_path: Path) -> None:
    figure = Figure()
    figure.savefig(tmp_path / "a.pdf")
    figure.savefig(tmp_path / "b.png", bbox_inches="tight")
    figure.savefig(tmp_path / "c.png", metadata={"Title": "c"})
    figure.savefig(tmp_path / "d.png", dpi=20)
    assert (tmp_path / "a.pdf").read_bytes()[:4] == b"%PDF"
    assert b"Title" in (tmp_path / "c.png").read_bytes()
    assert plt.imread(tmp_path / "d.png").shape[:2] == (96, 128)
    assert len(drawn) == 4


def test_a_folder_that_is_not_there_raises_as_ever(drawn: list[str], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        plt.figure().savefig(tmp_path / "none" / "a.png")


def test_full_size_undoes_the_small_resolution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(plt.rcParams, "figure.dpi", 40)
    figures.enlarge()
    assert plt.rcParams["figure.dpi"] == 100
    monkeypatch.setitem(plt.rcParams, "figure.dpi", 150)
    figures.enlarge()
    assert plt.rcParams["figure.dpi"] == 150
    monkeypatch.delitem(sys.modules, "matplotlib")
    figures.enlarge()
