"""The data lies in every folder the notebook enters below `/content`, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from colab_world.folders import lay, put, redirect

if TYPE_CHECKING:
    from tests.kernel.inside.conftest import Colab


def test_entries_are_links_and_data_is_a_real_folder(world: Path, tmp_path: Path) -> None:
    (tmp_path / "datasplits.mat").write_text("mine")
    lay(world, tmp_path)
    lay(world, tmp_path)
    assert (tmp_path / "jpg").is_symlink()
    assert (tmp_path / "data").is_dir()
    assert not (tmp_path / "data").is_symlink()
    assert (tmp_path / "data" / "colours").is_symlink()
    assert (tmp_path / "datasplits.mat").read_text() == "mine"


def test_a_folder_data_of_the_notebook_is_filled_up(world: Path, tmp_path: Path) -> None:
    (tmp_path / "data" / "colours").mkdir(parents=True)
    lay(world, tmp_path)
    assert not (tmp_path / "data" / "colours").is_symlink()
    assert (tmp_path / "data" / "cifar-10-batches-py" / "data_batch_1").is_file()


def test_hidden_entries_are_not_laid(tmp_path: Path) -> None:
    (tmp_path / "world").mkdir()
    (tmp_path / "world" / ".version").touch()
    (tmp_path / "here").mkdir()
    lay(tmp_path / "world", tmp_path / "here")
    assert list((tmp_path / "here").iterdir()) == []


def test_copies_where_links_are_not_possible(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError("a required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    put(world / "datasplits.mat", tmp_path / "datasplits.mat")
    put(world / "jpg", tmp_path / "jpg")
    assert (tmp_path / "datasplits.mat").stat().st_size > 0
    assert (tmp_path / "jpg" / "image_0001.jpg").is_file()
    assert not (tmp_path / "jpg").is_symlink()


@pytest.mark.skipif(os.name == "nt", reason="the paths of this test are POSIX paths")
def test_redirect_moves_whole_names_only() -> None:
    assert redirect("/content", Path("/c")) == "/c"
    assert redirect("/content/drive/My Drive", Path("/c")) == "/c/drive/My Drive"
    assert redirect("cat '/content/x'|wc", Path("/c")) == "cat '/c/x'|wc"
    for text in ("/contents/x", "/data/content/x", "http://a/content", "content"):
        assert redirect(text, Path("/c")) == text


def test_every_way_to_enter_a_folder(colab: Colab) -> None:
    colab.run("import os")
    for enter in (
        "%cd -q /content/one/two",
        "%cd -q '/content/drive/My Drive/three'",
        "os.makedirs('/content/four', exist_ok=True)\nos.chdir('/content/four')",
        "os.chdir('/con' + 'tent/five')",
        "os.chdir('/content')\nos.chdir('six')",
        "!mkdir -p /content/seven\n%cd -q /content/seven",
    ):
        assert colab.run(enter).status == "ok", enter
        assert colab.value("os.path.isfile('data/cifar-10-batches-py/data_batch_1')"), enter
        assert colab.value("os.getcwd()").startswith(str(colab.content.resolve())), enter


def test_other_folders_are_left_alone(colab: Colab, tmp_path: Path) -> None:
    colab.run(f"import os\nos.chdir({str(tmp_path)!r})")
    assert list(tmp_path.iterdir()) == []
    assert colab.run(f"os.chdir({str(tmp_path / 'absent')!r})").error.startswith("FileNotFound")
    colab.run("%cd -q /content")
