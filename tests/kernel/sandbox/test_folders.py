"""Folders as nobody should make them."""

import os
from pathlib import Path

import pytest

from grader.kernel.sandbox.folders import remove_tree, walk

DEPTH = 1500  # past the recursion limit, and past the longest path


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    top = tmp_path / "deep"
    top.mkdir()
    here = os.open(top, os.O_RDONLY)
    for _ in range(DEPTH):
        os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=here))
        os.mkdir("dd", dir_fd=here)
        here, above = os.open("dd", os.O_RDONLY, dir_fd=here), here
        os.close(above)
    os.close(here)
    return top


def test_a_deep_folder_is_removed(deep):
    remove_tree(deep)
    assert not deep.exists()


def test_a_deep_folder_is_walked_as_far_as_a_path_goes(deep):
    assert 1000 < len(list(walk([deep], strict=False))) < 2 * DEPTH
    with pytest.raises(OSError, match="File name too long"):
        list(walk([deep], strict=True))
    remove_tree(deep)  # pytest's own removal would recurse


def test_odd_entries_are_removed_and_links_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    top = tmp_path / "top"
    for name in ("a/b/c", "moved-0", "moved-1/moved-2", "closed"):
        (top / name).mkdir(parents=True)
    (top / "a" / "b" / "link").symlink_to(outside)
    (top / "broken").symlink_to("nowhere")
    os.mkfifo(top / "a" / "fifo")
    (top / "closed" / "file").write_text("x")
    (top / "closed").chmod(0)
    assert len(list(walk([top], strict=False))) >= 9
    remove_tree(top)
    assert not top.exists()
    assert (outside / "kept").read_text() == "kept"


def test_a_link_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "there").mkdir(mode=0o750)
    (tmp_path / "link").symlink_to(tmp_path / "there")
    with pytest.raises(OSError, match="link"):
        remove_tree(tmp_path / "link")
    assert (tmp_path / "there").stat().st_mode & 0o777 == 0o750


def test_nothing_to_remove_is_no_error(tmp_path):
    remove_tree(tmp_path / "absent")
