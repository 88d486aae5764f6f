"""A full disk: one line, results so far whole, and the same command goes on when there is room."""

import functools
import subprocess
import sys
from pathlib import Path

import pytest

from grader.basics import storage
from grader.basics.exits import NoRoom, room
from tests.downloads import put

ROOT = Path(__file__).parents[2]
NAMES = ("ann", "ben", "cem", "dot")
TRY = """
mount -t tmpfs -o size={size} tmpfs {disk}
{grade}
echo "exit $?"
cp -r {disk} {kept}
mount -o remount,size=8m {disk}
{grade}
echo "exit $?"
cp -r {disk} {after}
"""


def in_namespace(script):
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )


@functools.cache
def mountable():
    try:
        return in_namespace("mount -t tmpfs tmpfs /mnt").returncode == 0
    except OSError:
        return False


# Bytes of the disk: from no room for a lock to room for all but the last files of the class.
SIZES = ["4k", "12k", "20k", "32k", "44k", "64k", "88k", "104k", "124k", "136k"]


@pytest.mark.parametrize("size", SIZES)
def test_a_disk_that_fills_up_at_some_moment(tmp_path, size):
    if not mountable():
        pytest.skip("needs a file system of its own")
    put(tmp_path, *(f"class/{name}/a2-cnn.ipynb" for name in NAMES), "disk/")
    grade = f"{sys.executable} -m tests.rehearsal - 0 grade {tmp_path}/class --out {tmp_path}/disk"
    places = {"disk": f"{tmp_path}/disk", "kept": f"{tmp_path}/kept", "after": f"{tmp_path}/after"}
    ended = in_namespace(TRY.format(size=size, grade=grade, **places))
    assert [line for line in ended.stdout.splitlines() if line.startswith("exit")] == [
        "exit 1", "exit 0",
    ]  # fmt: skip
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"grader: {tmp_path}/disk")
    assert "the disk is full (" in line
    assert whole(tmp_path / "kept") <= len(NAMES)
    assert whole(tmp_path / "after") == len(NAMES)
    assert {"gradebook.csv", "summary.json", "index.html", "marks.csv"} <= {
        path.name for path in (tmp_path / "after").iterdir()
    }


def whole(out):
    """Return how many results there are; each must be whole, and nothing half made beside it."""
    folders = [path for path in out.iterdir() if path.is_dir() and path.name != ".grader"]
    for folder in folders:
        assert storage.load_report(folder).submission.id == folder.name
        assert (folder / "key.json").stat().st_size > 100
    assert not [path for path in out.iterdir() if path.name.startswith(".") and path.is_file()]
    assert not list(out.glob(".grader/new/*"))
    return len(folders)


def test_the_outermost_says_what_was_to_be_written(tmp_path):
    with pytest.raises(NoRoom) as caught, room(tmp_path, 3_000_000), room(tmp_path / "a", 5):
        raise OSError(28, "No space left on device")
    assert str(caught.value).startswith(f"{tmp_path}: the disk is full (3.000 MB to be written, ")
    assert str(caught.value).endswith(" free)")


def test_another_error_stays_what_it_is(tmp_path):
    with pytest.raises(PermissionError), room(tmp_path, 1):
        raise PermissionError(13, "no")
