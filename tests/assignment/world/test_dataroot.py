"""A user's own data is found where it usually lies; what is missing is said in one line."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from grader.assignment.world import cifar, dataroot
from grader.assignment.world.dataroot import BATCHES, check_world
from grader.basics.exits import BadData

CIFAR = "data/cifar-10-batches-py"
COLOURS = "data/colours"


@pytest.fixture(autouse=True)
def few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cifar, "ROWS", 2)


def make_data(root: Path, places: dict[str, str] | None = None) -> Path:
    """Write the least that counts as data; ``places`` moves a part to another folder."""
    places = places or {}
    parts = {part: root / places.get(part, part) for part in (CIFAR, COLOURS, "jpg", "trimaps")}
    for folder in parts.values():
        folder.mkdir(parents=True, exist_ok=True)
    for name in BATCHES:
        (parts[CIFAR] / name).write_bytes(bytes(2 * 3072 + 100))
    np.save(parts[COLOURS] / "colour_kmeans24_cat7.npy", np.zeros((1, 24, 3)))
    for number in range(1, 5):
        (parts["jpg"] / f"image_{number:04d}.jpg").touch()
    (parts["trimaps"] / "image_0002.png").touch()
    splits = {key: np.array([[1, 2, 4]]) for key in ("trn1", "trn2", "trn3", "val1")}
    savemat(root / places.get("datasplits.mat", "datasplits.mat"), splits)
    return root


def test_our_own_world_is_accepted(world, monkeypatch):
    monkeypatch.setattr(cifar, "ROWS", 10_000)
    places = check_world(world).places()
    assert {name: path.relative_to(world).as_posix() for name, path in places.items()} == {
        name: name for name in (CIFAR, COLOURS, "jpg", "trimaps", "datasplits.mat")
    }


@pytest.mark.parametrize(
    "places",
    [
        {},
        {CIFAR: "cifar-10-batches-py"},
        {CIFAR: "cifar-10-python/cifar-10-batches-py", COLOURS: "colours"},
        {"jpg": "17flowers/jpg", "trimaps": "17flowers/trimaps"},
        {"jpg": "oxford/17flowers/jpg", "trimaps": "oxford/trimaps/trimaps"},
        {CIFAR: ".", COLOURS: ".", "jpg": "."},
        {"datasplits.mat": "jpg/datasplits.mat"},
    ],
)
def test_usual_nestings_are_found(tmp_path, places):
    found = check_world(make_data(tmp_path, places)).places()
    for name, path in found.items():
        assert path == tmp_path / places.get(name, name)


def test_shallowest_place_wins(tmp_path):
    make_data(tmp_path)
    make_data(tmp_path / "backup")
    assert check_world(tmp_path).jpg == tmp_path / "jpg"


@pytest.mark.parametrize(
    ("removed", "words"),
    [
        (f"{CIFAR}/data_batch_3", "CIFAR-10"),
        (f"{CIFAR}/test_batch", "CIFAR-10"),
        (f"{COLOURS}/colour_kmeans24_cat7.npy", "the 24 colours"),
        ("jpg/image_0001.jpg", "Oxford's pictures"),
        ("trimaps/image_0002.png", "Oxford's trimaps"),
        ("datasplits.mat", "Oxford's splits"),
    ],
)
def test_what_is_missing_is_named_and_nothing_else(tmp_path, removed, words):
    (make_data(tmp_path) / removed).unlink()
    with pytest.raises(BadData) as caught:
        check_world(tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path} lacks {words}")
    assert message.count(";") == 0
    assert "\n" not in message
    assert "grader data fetch" in message


def test_everything_missing_is_one_line(tmp_path):
    with pytest.raises(BadData) as caught:
        check_world(tmp_path)
    assert str(caught.value).count(";") == 4
    assert "\n" not in str(caught.value)


def test_no_folder_is_refused(tmp_path):
    with pytest.raises(BadData, match="nowhere is no folder"):
        check_world(tmp_path / "nowhere")


def test_truncated_batch_is_refused(tmp_path):
    (make_data(tmp_path) / CIFAR / "data_batch_2").write_bytes(bytes(500))
    with pytest.raises(BadData, match=r"data_batch_2 has 500 bytes, but 2 pictures take 6144"):
        check_world(tmp_path)


def test_colours_that_are_no_array_are_refused(tmp_path):
    (make_data(tmp_path) / COLOURS / "colour_kmeans24_cat7.npy").write_bytes(b"<html>")
    with pytest.raises(BadData, match=r"is no NumPy file \(it begins b'<html>'\)"):
        check_world(tmp_path)


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", bytes(200)])
def test_splits_that_cannot_be_read_are_refused(tmp_path, content):
    (make_data(tmp_path) / "datasplits.mat").write_bytes(content)
    with pytest.raises(BadData, match=r"datasplits.mat cannot be read as a MATLAB file"):
        check_world(tmp_path)


def test_splits_without_a_key_are_refused(tmp_path):
    savemat(make_data(tmp_path) / "datasplits.mat", {"trn1": [[1]], "trn2": [[1]], "trn3": [[1]]})
    with pytest.raises(BadData, match=r"datasplits.mat lacks val1"):
        check_world(tmp_path)


def test_picture_that_a_split_names_must_be_there(tmp_path):
    (make_data(tmp_path) / "jpg" / "image_0004.jpg").unlink()
    with pytest.raises(BadData, match=r"image_0004.jpg is missing, but .*datasplits.mat names"):
        check_world(tmp_path)


def test_search_does_not_follow_hidden_folders(tmp_path):
    make_data(tmp_path / ".trash")
    with pytest.raises(BadData, match="lacks CIFAR-10"):
        check_world(tmp_path)


def test_depth_of_the_search(tmp_path):
    make_data(tmp_path, {"jpg": "a/b/c/jpg"})
    assert dataroot.DEPTH == 3
    with pytest.raises(BadData, match="Oxford's pictures"):
        check_world(tmp_path)
