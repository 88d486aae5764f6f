"""Downloads are checked: small archives in the original formats, whole, damaged and hostile."""

import hashlib
import http.server
import io
import tarfile
import threading
import urllib.error
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from scipy.io import savemat
from torchvision.datasets import CIFAR10

from grader.assignment.world import cifar, fetch
from grader.assignment.world.dataroot import check_world
from grader.assignment.world.fetch import FetchError
from grader.assignment.world.python2_pickle import write_python2_pickle


def write_tar(path: Path, members: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def encoded(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, kind)
    return file.getvalue()


@pytest.fixture
def oxford(tmp_path: Path) -> Path:
    """A folder that stands for the site: four pictures, one trimap, the splits."""
    site = tmp_path / "site"
    site.mkdir()
    pictures = {f"jpg/image_{number:04d}.jpg": encoded("JPEG") for number in range(1, 5)}
    write_tar(site / "17flowers.tgz", pictures)
    write_tar(site / "trimaps.tgz", {"./trimaps/image_0002.png": encoded("PNG")})
    splits = {key: np.array([[1, 2, 4]]) for key in ("trn1", "trn2", "trn3", "val1")}
    savemat(site / "datasplits.mat", splits)
    return site


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def base(site: Path) -> str:
    return f"{site.as_uri()}/"


def test_oxford_is_downloaded_and_unpacked(oxford, root):
    fetch.fetch_oxford(root, base(oxford))
    assert entries(root) == ["17flowers.tgz", "datasplits.mat", "jpg", "trimaps", "trimaps.tgz"]
    assert entries(root / "jpg") == [f"image_{number:04d}.jpg" for number in range(1, 5)]
    assert entries(root / "trimaps") == ["image_0002.png"]


def test_what_is_there_is_not_downloaded_again(oxford, root, tmp_path):
    fetch.fetch_oxford(root, base(oxford))
    fetch.fetch_oxford(root, base(tmp_path / "gone"))
    assert (root / "jpg" / "image_0001.jpg").is_file()


@pytest.mark.parametrize("missing", ["17flowers.tgz", "trimaps.tgz", "datasplits.mat"])
def test_no_answer_is_one_line_with_the_address(oxford, root, missing):
    (oxford / missing).unlink()
    with pytest.raises(FetchError) as caught:
        fetch.fetch_oxford(root, base(oxford))
    message = str(caught.value)
    assert message.startswith(f"{base(oxford)}{missing} could not be fetched: ")
    assert "\n" not in message
    assert not (root / missing).exists()
    assert not list(root.glob("*.part"))


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


@pytest.mark.parametrize(
    "damage", [truncated, flipped, lambda content: b"", lambda content: b"<html>404</html>"]
)
def test_damaged_archive_is_refused_and_removed(oxford, root, damage):
    archive = oxford / "17flowers.tgz"
    archive.write_bytes(damage(archive.read_bytes()))
    with pytest.raises(FetchError, match=r"17flowers.tgz arrived damaged: ") as caught:
        fetch.fetch_oxford(root, base(oxford))
    assert "\n" not in str(caught.value)
    assert entries(root) == []


@pytest.mark.parametrize("name", ["../outside.txt", "/outside.txt", "jpg/../../outside.txt"])
def test_member_that_leads_outside_is_refused(oxford, root, name):
    members = {"jpg/image_0001.jpg": b"picture", name: b"hostile"}
    write_tar(oxford / "17flowers.tgz", members)
    with pytest.raises(FetchError, match="leads outside"):
        fetch.fetch_oxford(root, base(oxford))
    assert entries(root) == []
    assert not (root.parent / "outside.txt").exists()


def test_links_and_devices_are_left_out(oxford, root):
    with tarfile.open(oxford / "17flowers.tgz", "w:gz") as tar:
        for name, kind in (("jpg/link", tarfile.SYMTYPE), ("jpg/pipe", tarfile.FIFOTYPE)):
            member = tarfile.TarInfo(name)
            member.type = kind
            member.linkname = "/etc/passwd"
            tar.addfile(member)
        member = tarfile.TarInfo("jpg/image_0001.jpg")
        tar.addfile(member)
    fetch.fetch_oxford(root, base(oxford))
    assert entries(root / "jpg") == ["image_0001.jpg"]


def test_python_without_extraction_filters(oxford, root, monkeypatch):
    monkeypatch.delattr(tarfile, "data_filter", raising=False)
    monkeypatch.setattr(tarfile.TarFile, "extraction_filter", lambda self, member, path: member)
    fetch.fetch_oxford(root, base(oxford))
    assert len(entries(root / "jpg")) == 4


def test_archive_without_the_expected_folder_is_refused(oxford, root):
    write_tar(oxford / "17flowers.tgz", {"other/image_0001.jpg": b"picture"})
    with pytest.raises(FetchError, match=r"17flowers.tgz arrived damaged"):
        fetch.fetch_oxford(root, base(oxford))
    assert entries(root) == []


def test_damaged_splits_are_refused_and_removed(oxford, root):
    (oxford / "datasplits.mat").write_bytes(b"<html>404</html>")
    with pytest.raises(FetchError, match=r"datasplits.mat arrived damaged"):
        fetch.fetch_oxford(root, base(oxford))
    assert not (root / "datasplits.mat").exists()


def test_too_large_a_file_is_refused(oxford, root, monkeypatch):
    monkeypatch.setattr(fetch, "LARGEST", 50)
    with pytest.raises(FetchError, match="larger than 50 bytes"):
        fetch.download(f"{base(oxford)}17flowers.tgz", root / "17flowers.tgz")
    assert entries(root) == []


def test_short_answer_is_refused(root, monkeypatch):
    class Answer(io.BytesIO):
        headers = {"Content-Length": "10"}  # noqa: RUF012 - a stand-in for a message object

    monkeypatch.setattr(fetch.urllib.request, "urlopen", lambda url, timeout: Answer(b"12345"))
    with pytest.raises(FetchError, match="5 bytes came, but 10 were announced"):
        fetch.download("https://example.org/file", root / "file")
    assert entries(root) == []


def test_other_schemes_are_refused(root):
    with pytest.raises(ValueError, match=r"'ftp://example.org/x' is no http, https or file"):
        fetch.download("ftp://example.org/x", root / "x")


ROWS = 60


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server of ``tmp_path`` on this machine: torchvision downloads over http alone."""
    monkeypatch.setenv("no_proxy", "*")
    handler = partial(QuietHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(timeout=10)


@pytest.fixture
def small_cifar(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """CIFAR-10 with 60 rows a batch, packed as the original; torchvision checks its digests."""
    rng = np.random.default_rng(0)
    digests, members = {}, {}
    names = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]
    for name in names:
        rows = rng.integers(0, 256, (ROWS, 3072)).astype(np.uint8)
        members[name] = {b"data": rows, b"labels": [7, 1] * (ROWS // 2)}
    members["batches.meta"] = {b"label_names": [name.encode() for name in cifar.LABEL_NAMES]}
    packed = {}
    for name, mapping in members.items():
        file = io.BytesIO()
        write_python2_pickle(file, mapping)
        packed[f"cifar-10-batches-py/{name}"] = file.getvalue()
        digests[name] = hashlib.md5(file.getvalue(), usedforsecurity=False).hexdigest()
    archive = tmp_path / "cifar-10-python.tar.gz"
    write_tar(archive, packed)
    digest = hashlib.md5(archive.read_bytes(), usedforsecurity=False).hexdigest()
    monkeypatch.setattr(CIFAR10, "url", f"{address}/{archive.name}")
    monkeypatch.setattr(CIFAR10, "tgz_md5", digest)
    monkeypatch.setattr(CIFAR10, "train_list", [[name, digests[name]] for name in names[:5]])
    monkeypatch.setattr(CIFAR10, "test_list", [["test_batch", digests["test_batch"]]])
    meta = {"filename": "batches.meta", "key": "label_names", "md5": digests["batches.meta"]}
    monkeypatch.setattr(CIFAR10, "meta", meta)
    monkeypatch.setattr(cifar, "ROWS", ROWS)
    return archive


def test_everything_fetched_passes_the_check(small_cifar, oxford, root, monkeypatch):
    monkeypatch.setattr(fetch.fetch_oxford, "__defaults__", (base(oxford),))
    said: list[str] = []
    assert fetch.fetch_data(root, said.append) == root
    assert check_world(root).cifar == root / "data" / "cifar-10-batches-py"
    assert (root / "data" / "cifar-10-batches-py.tar.gz").is_file()
    table = np.load(root / "data" / "colours" / "colour_kmeans24_cat7.npy")[0]
    assert table.shape == (24, 3)
    assert len(said) == 3
    assert all(line.endswith("\n") for line in said)


def test_a_course_file_of_colours_is_kept(small_cifar, oxford, root, monkeypatch):
    monkeypatch.setattr(fetch.fetch_oxford, "__defaults__", (base(oxford),))
    (root / "data" / "colours").mkdir(parents=True)
    np.save(root / "data" / "colours" / "colour_kmeans24_cat7.npy", np.full((1, 24, 3), 0.5))
    fetch.fetch_data(root, lambda line: None)
    assert np.load(root / "data" / "colours" / "colour_kmeans24_cat7.npy").max() == 0.5


def test_horses_of_the_real_set_are_returned(small_cifar, root):
    horses = fetch.fetch_cifar(root)
    assert horses.shape == (5 * ROWS // 2, 3, 32, 32)
    assert horses.dtype == np.uint8


def test_damaged_cifar_is_refused(small_cifar, root):
    small_cifar.write_bytes(flipped(small_cifar.read_bytes()))
    with pytest.raises(FetchError, match=r"CIFAR-10 could not be fetched: ") as caught:
        fetch.fetch_cifar(root)
    assert "\n" not in str(caught.value)


def test_cifar_without_a_network_is_one_line(small_cifar, root):
    small_cifar.unlink()
    with pytest.raises(FetchError, match=r"CIFAR-10 could not be fetched: ") as caught:
        fetch.fetch_cifar(root)
    assert "\n" not in str(caught.value)


def test_real_network_is_saved_as_safetensors(root, monkeypatch):
    asked = {}

    def load(url, **settings):
        asked.update(settings, url=url)
        return {"backbone.weight": torch.arange(6.0).reshape(2, 3).T}

    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", load)
    path = fetch.fetch_deeplab(root / "new" / "real.safetensors")
    assert load_file(path)["backbone.weight"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert "deeplabv3_resnet101" in asked["url"]
    assert asked["check_hash"]
    assert asked["weights_only"]


@pytest.mark.parametrize(
    "error", [urllib.error.URLError("no route"), RuntimeError("invalid hash value\nexpected")]
)
def test_real_network_that_cannot_be_had_is_one_line(root, monkeypatch, error):
    def load(url, **settings):
        raise error

    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", load)
    with pytest.raises(FetchError, match="could not be fetched") as caught:
        fetch.fetch_deeplab(root / "real.safetensors")
    assert "\n" not in str(caught.value)
    assert entries(root) == []
