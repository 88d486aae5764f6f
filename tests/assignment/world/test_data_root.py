"""`--data-root`: real data sets, nested as people keep them, laid out as the notebook expects."""

import os
import shutil

import numpy as np
import pytest

from grader.assignment.world.dataroot import ARCHIVES
from grader.basics.exits import BadData
from grader.batch.settings import world_of
from grader.proving.solutions import world

NESTED = {
    "CIFAR/cifar-10-batches-py": "data/cifar-10-batches-py",
    "course/colours": "data/colours",
    "Oxford 17/17flowers/jpg": "jpg",
    "Oxford 17/trimaps": "trimaps",
}


@pytest.fixture
def data_root(tmp_path):
    """A folder in the original formats, with other folders around them."""
    root = tmp_path / "my data"
    for mine, place in NESTED.items():
        shutil.copytree(world() / place, root / mine, copy_function=_link)
    shutil.copy(world() / "datasplits.mat", root / "Oxford 17")
    return root


def _link(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def test_nested_folders_are_laid_out_and_left_alone(data_root):
    before = sorted(path.name for path in data_root.rglob("*"))
    with world_of(data_root) as folder:
        assert (folder / "data" / "cifar-10-batches-py" / "test_batch").is_file()
        colours = np.load(folder / "data/colours/colour_kmeans24_cat7.npy", allow_pickle=True)[0]
        assert colours.shape == (24, 3)
        assert (folder / "jpg" / "image_0001.jpg").is_file()
        assert any((folder / "trimaps").glob("image_*.png"))
        assert (folder / "datasplits.mat").is_file()
        assert all((folder / archive).is_file() for archive in ARCHIVES)
    assert not folder.exists()
    assert sorted(path.name for path in data_root.rglob("*")) == before


def test_what_is_missing_is_named(data_root):
    shutil.rmtree(data_root / "CIFAR")
    with pytest.raises(BadData, match=r"lacks CIFAR-10 \(a folder with data_batch_1"):
        world_of(data_root).__enter__()
