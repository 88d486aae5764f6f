"""Downloads the real data sets and the real network, and checks what came."""

import gzip
import pickle
import shutil
import sys
import tarfile
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from urllib.response import addinfourl

import numpy as np
from numpy.typing import NDArray

from grader.assignment.world import cifar, colours
from grader.assignment.world.archive import write_empty_archive
from grader.assignment.world.oxford import read_splits
from grader.basics.exits import BadInput

OXFORD = "https://www.robots.ox.ac.uk/~vgg/data/flowers/17/"
# Each archive and the folder that it unpacks to; no archive is larger than LARGEST bytes.
OXFORD_ARCHIVES = {"17flowers.tgz": "jpg", "trimaps.tgz": "trimaps"}
OXFORD_SPLITS = "datasplits.mat"
LARGEST = 500_000_000
BLOCK = 1 << 20
TIMEOUT_SECONDS = 30
SCHEMES = ("https", "http", "file")


class FetchError(BadInput):
    """A download that did not succeed, said in one line."""


def fetch_all(root: Path) -> Path:
    """Download and verify the data sets and the network's weights, which are returned."""
    fetch_data(root)
    return fetch_deeplab(root / "deeplabv3_resnet101.safetensors")


def fetch_data(root: Path, say: Callable[[str], object] = sys.stderr.write) -> Path:
    """Download CIFAR-10 and Oxford's flowers into ``root``, and compute the 24 colours.

    What is already there is kept. The result passes ``check_world``.

    Args:
        root: a folder; it is made if it does not exist.
        say: told in one line what is done next.

    Raises:
        FetchError: if something cannot be downloaded or arrives damaged.
    """
    data = root / "data"
    data.mkdir(parents=True, exist_ok=True)
    say("CIFAR-10 (170 MB)\n")
    horses = fetch_cifar(data)
    if not (data / "colours" / colours.FILE).exists():
        say("24 colours of its horses\n")
        shutil.rmtree(data / "colours", ignore_errors=True)
        colours.write_colours(data, horses)
    say("Oxford's 17 flowers (60 MB)\n")
    fetch_oxford(root)
    return root


def fetch_cifar(data: Path) -> NDArray[np.uint8]:
    """Download CIFAR-10 by torchvision, which checks its digests.

    Args:
        data: an existing folder.

    Returns:
        The training horses, ``(5000, 3, 32, 32)``.

    Raises:
        FetchError: if it cannot be downloaded or arrives damaged.
    """
    from torchvision.datasets import CIFAR10

    try:
        dataset = CIFAR10(root=str(data), train=True, download=True)
    except (OSError, RuntimeError, tarfile.TarError, EOFError, pickle.UnpicklingError) as error:
        raise FetchError(f"CIFAR-10 could not be fetched: {_one_line(error)}") from error
    # The notebook looks for an archive of this name before it downloads.
    write_empty_archive(data / f"{cifar.FOLDER}.tar.gz")
    horses = dataset.data[np.asarray(dataset.targets) == cifar.HORSE]
    return np.ascontiguousarray(horses.transpose(0, 3, 1, 2))


def fetch_oxford(root: Path, base: str = OXFORD) -> None:
    """Download the pictures, trimaps and splits of Oxford's 17 flowers into ``root``.

    Raises:
        FetchError: if something cannot be downloaded, is damaged, or holds unsafe members.
    """
    for name, folder in OXFORD_ARCHIVES.items():
        if not (root / folder).is_dir():
            download(base + name, root / name)
            extract(root / name, root, folder)
    if not (root / OXFORD_SPLITS).exists():
        download(base + OXFORD_SPLITS, root / OXFORD_SPLITS)
        try:
            read_splits(root / OXFORD_SPLITS)
        except ValueError as error:
            (root / OXFORD_SPLITS).unlink()
            raise FetchError(f"{OXFORD_SPLITS} arrived damaged: {_one_line(error)}") from error


def fetch_deeplab(path: Path) -> Path:
    """Download torchvision's pretrained ``deeplabv3_resnet101`` as a safetensors file.

    Args:
        path: the file to write; ``deeplab.build_deeplab`` reads it.

    Raises:
        FetchError: if it cannot be downloaded or its digest is wrong.
    """
    import torch
    from safetensors.torch import save_file
    from torchvision.models.segmentation import DeepLabV3_ResNet101_Weights

    url = DeepLabV3_ResNet101_Weights.DEFAULT.url
    try:
        state = torch.hub.load_state_dict_from_url(
            url, map_location="cpu", check_hash=True, weights_only=True
        )
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise FetchError(f"{url} could not be fetched: {_one_line(error)}") from error
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous() for name, value in state.items()}, path)
    return path


def download(url: str, path: Path) -> None:
    """Download a file of at most 500 MB; ``path`` appears only when all of it has come.

    Raises:
        FetchError: if there is no connection, the file is too large, or not all of it came.
        ValueError: if the address is not one of http, https or file.
    """
    if url.split(":", 1)[0] not in SCHEMES:
        raise ValueError(f"{url!r} is no http, https or file address")
    part = path.with_name(f"{path.name}.part")
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - checked
            _receive(answer, part)
    except (OSError, urllib.error.URLError) as error:
        part.unlink(missing_ok=True)
        raise FetchError(f"{url} could not be fetched: {_one_line(error)}") from error
    part.replace(path)


def _receive(answer: addinfourl, part: Path) -> None:
    announced = answer.headers.get("Content-Length")
    size = 0
    with part.open("wb") as file:
        while block := answer.read(BLOCK):
            size += len(block)
            if size > LARGEST:
                raise OSError(f"larger than {LARGEST} bytes")
            file.write(block)
    if announced is not None and size != int(announced):
        raise OSError(f"{size} bytes came, but {announced} were announced")


def extract(archive: Path, root: Path, folder: str) -> None:
    """Unpack the regular files and folders of a ``.tgz`` below ``root``.

    They are unpacked beside ``folder`` and moved there at the end, so that ``folder`` is complete
    or absent. A damaged archive is removed, so that the next run downloads it again.

    Args:
        archive: the archive.
        root: the folder to unpack into.
        folder: the one folder that the archive is known to hold.

    Raises:
        FetchError: if the archive is damaged, lacks ``folder``, or a member would leave ``root``.
    """
    unpacked = root / f".{folder}.part"
    shutil.rmtree(unpacked, ignore_errors=True)
    try:
        _check_gzip(archive)
        with tarfile.open(archive, "r:gz") as tar:
            members = [member for member in tar if _is_safe(member)]
            _extract_members(tar, members, unpacked)
        (unpacked / folder).rename(root / folder)
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        archive.unlink()
        raise FetchError(f"{archive.name} arrived damaged: {_one_line(error)}") from error
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


def _check_gzip(archive: Path) -> None:
    """Read to the end, where the checksum is: tarfile may stop before it."""
    with gzip.open(archive) as file:
        while file.read(BLOCK):
            pass


def _is_safe(member: tarfile.TarInfo) -> bool:
    """Tell files and folders from what may be left out; raise where a path leads outside."""
    path = PurePosixPath(member.name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.name:
        raise tarfile.ReadError(f"the member {member.name!r} leads outside")
    return member.isfile() or member.isdir()


def _extract_members(tar: tarfile.TarFile, members: list[tarfile.TarInfo], to: Path) -> None:
    to.mkdir()
    if hasattr(tarfile, "data_filter"):
        tar.extractall(to, members, filter="data")
    else:  # Python before 3.10.12; _is_safe has looked at each member
        tar.extractall(to, members)  # noqa: S202


def _one_line(error: BaseException) -> str:
    """Return the message in one line; an answer that says an error still holds its connection."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
    return " ".join(str(error).split()) or type(error).__name__
