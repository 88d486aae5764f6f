"""What breaks an offline, headless run of a real notebook, row by row: each runs here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.kernel.inside.conftest import Colab

# Each row: its name, a cell of that kind, and what it must print among other things.
ROWS = {
    "a working folder below /content": (
        """
%mkdir -p /content/csc413/a2/
%cd /content/csc413/a2
import os
def fetch(name):
    return os.path.exists(os.path.join("data", name))
print(all(fetch(n) for n in ("colours", "colours.tar.gz", "cifar-10-batches-py")))
""",
        "True",
    ),
    "six and scipy.misc": (
        """
from six.moves.urllib.request import urlretrieve
import scipy.misc
print("imports", callable(urlretrieve))
""",
        "imports True",
    ),
    "an archive that is there is not fetched": (
        """
import os, tarfile
def get_archive(name, origin):
    try:
        if not os.path.exists(os.path.join("data", name)):
            urlretrieve(origin, os.path.join("data", name))
    except NeverImportedError:
        raise
    with tarfile.open(os.path.join("data", name), "r:gz") as archive:
        archive.extractall("data")
    return "have " + name
%cd -q /content/rows
print(get_archive("cifar-10-python.tar.gz", "http://example.org/cifar-10-python.tar.gz"))
""",
        "have cifar-10-python.tar.gz",
    ),
    "five batches into one array": (
        """
import pickle
import numpy as np
%cd -q /content/rows
xs = np.zeros((20, 3072), dtype="uint8")
for i in range(5):
    with open("data/cifar-10-batches-py/data_batch_%d" % (i + 1), "rb") as file:
        xs[i * 4 : (i + 1) * 4] = pickle.load(file, encoding="latin1")["data"]
palette = np.load("data/colours/colour_kmeans24_cat7.npy", allow_pickle=True)[0]
print((xs.reshape(-1, 3, 32, 32) / 255.0).dtype, palette.shape)
""",
        "float64 (24, 3)",
    ),
    "loops over batches are not cut": (
        """
print("batches", sum(1 for start in range(0, 20, 5)))
for start in range(0, 20, 5):
    last = start
print("last", last)
""",
        "last 15",
    ),
    "a GPU": (
        """
import torch
from torch import nn
net = nn.Conv2d(1, 2, 3).cuda()
x = torch.from_numpy(np.zeros((1, 1, 8, 8), dtype="float32")).cuda()
torch.cuda.empty_cache()
print(net(x).device, torch.cuda.is_available(), torch.cuda.memory_allocated())
""",
        "cpu False 0",
    ),
    "set_num_threads": (
        "torch.set_num_threads(5)\nprint('threads', torch.get_num_threads())",
        "threads 1",
    ),
    "25 epochs at top level": (
        """
settings = {"epochs": 25, "batch_size": 100}
def fit(settings):
    for epoch in range(settings["epochs"]):
        print("epoch", epoch, settings["batch_size"])
fit(settings)
for epoch in range(25):
    print("again", epoch)
print("done", settings["epochs"])
""",
        "epoch 0 100\nepoch 1 100\nagain 0\nagain 1\ndone 2",
    ),
    "the hub's network": (
        """
hub_model = torch.hub.load("pytorch/vision:v0.5.0", "deeplabv3_resnet101", pretrained=True)
print(hub_model)
names = [name for name, _ in hub_model.named_parameters()]
print(any(n.startswith("aux_classifier.4") for n in names), hub_model.classifier[4].in_channels)
""",
        "True 256",
    ),
    "wget and tar": (
        """
import os
if not os.path.exists("nowhere"):
    !wget http://example.org/flowers/17flowers.tgz
    !tar xvzf 17flowers.tgz && echo unpacked
print(sorted(os.listdir("jpg"))[0])
""",
        "unpacked",
    ),
    "loaders with workers and large batches": (
        """
from torch.utils.data import DataLoader
images = [(torch.zeros(3, 8, 8), torch.zeros(8, 8)) for _ in range(6)]
loader = DataLoader(images, batch_size=128, num_workers=4, shuffle=True, drop_last=True)
print([len(batch[0]) for batch in loader], loader.num_workers)
""",
        "[6] 0",
    ),
    "a best value that starts as None": (
        """
best_iou = None
for val_iou in (0.3, torch.tensor(0.5), np.float64(0.4)):
    if val_iou > best_iou:
        best_iou = val_iou
print("best", float(best_iou))
""",
        "best 0.5",
    ),
    "saving a whole network": (
        """
class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)
torch.save(Small().cuda(), "small-best.ckpt")
print(type(torch.load("small-best.ckpt")).__name__, "read back")
""",
        "Small read back",
    ),
    "grids and open figures": (
        """
import warnings
import matplotlib.pyplot as plt
with warnings.catch_warnings():
    warnings.simplefilter("error")
    for i in range(25):
        plt.figure(figsize=(1, 1))
    plt.grid("off")
print("grid", plt.gca().xaxis.get_tick_params().get("gridOn"))
""",
        "grid False",
    ),
    "torchsummary": (
        """
from torchsummary import summary
summary(nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU()), (1, 8, 8))
""",
        "Total params: 20",
    ),
    "installing and cloning": (
        """
!pip install torch torchvision
!git clone https://example.org/x.git
!python -m pip install --upgrade torch
%pip install torch
import subprocess, sys
print(subprocess.run([sys.executable, "-m", "pip", "uninstall", "-y", "torch"],
      capture_output=True, text=True, check=True).stdout)
import pip
pip.main(["install", "x"])
""",
        "pip: nothing is installed or removed here (asked for: uninstall -y torch)",
    ),
    "a drive": (
        """
from google.colab import drive, files, output, userdata
drive.mount("/content/drive", force_remount=True)
%cd -q /content/drive/My Drive/Colab Notebooks/csc413
print("data here", os.path.isdir("data"), os.path.isdir("/content/drive/MyDrive"))
%cd -q /content/rows
""",
        "data here True True",
    ),
    "Python 2's print statement": ("print 'epoch', 3, 'of %d' % 25", "epoch 3 of 25"),
    "the GPU's tools": ("!nvidia-smi\n%tensorflow_version 1.x", "nvidia-smi: no GPU in use"),
}


@pytest.mark.parametrize(("source", "printed"), ROWS.values(), ids=ROWS.keys())
def test_a_cell_of_a_real_notebook_runs(colab: Colab, source: str, printed: str) -> None:
    colab.run(
        "import os, sys, torch\nimport numpy as np\nfrom torch import nn\n%cd -q /content/rows"
    )
    cell = colab.run(source)
    assert cell.status == "ok", f"{cell.error}\n{cell.text}"
    assert printed in cell.text


def test_one_failing_cell_stops_nothing(colab: Colab) -> None:
    assert colab.run("losses = []\nprint(losses[3])").error.startswith("IndexError")
    assert colab.run("print('still', 'here')").text == "still here\n"


def test_figures_are_shown_and_then_closed(colab: Colab) -> None:
    shown = colab.run(
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.figure(); plt.plot([3]);"
    )
    assert shown.pictures == 2
    assert colab.value("plt.get_fignums()") == []


def test_no_network_is_said_clearly(colab: Colab) -> None:
    colab.run("import torch, torchvision, urllib.request")
    for source, named in (
        ("torch.hub.load('pytorch/vision', 'resnet18', pretrained=True)", "'resnet18'"),
        ("torch.hub.load('someone/else', 'deeplabv3_resnet101')", "'someone/else'"),
        ("torchvision.models.resnet18(weights='DEFAULT', progress=False)", "resnet18"),
        ("urllib.request.urlopen('https://example.org/x')", "https://example.org/x"),
        ("urllib.request.urlretrieve('https://example.org/y.zip', 'y.zip')", "y.zip"),
    ):
        error = colab.run(source).error
        assert error.startswith("URLError"), source
        assert "no network" in error
        assert named in error


def test_known_files_are_retrieved(colab: Colab) -> None:
    colab.run("from six.moves.urllib.request import urlretrieve\n%cd -q /content/retrieved")
    colab.run("urlretrieve('http://example.org/a/datasplits.mat', 'mine.mat')")
    copied = (colab.content / "retrieved" / "mine.mat").read_bytes()
    assert copied == (colab.data / "datasplits.mat").read_bytes()


def test_torchvision_serves_the_small_network_too(colab: Colab) -> None:
    cell = colab.run(
        "from torchvision.models.segmentation import deeplabv3_resnet50\n"
        "own = deeplabv3_resnet50(pretrained=False, num_classes=2)\n"
        "print(own.classifier[4].out_channels, own(torch.zeros(2, 3, 32, 32))['out'].shape)"
    )
    assert cell.text == "2 torch.Size([2, 2, 32, 32])\n"


def test_every_change_is_noted_with_its_cell(colab: Colab) -> None:
    colab.run("n_epochs = 25\nbest = None\n1 > best\nprint 'x'")
    count = colab.value("get_ipython().execution_count")
    notes = colab.value("__import__('colab_world.transforms').transforms.applied[-3:]")
    assert sorted(note["transform"] for note in notes) == ["budget", "ordering", "prints"]
    assert len({note["cell"] for note in notes}) == 1
    assert 0 < count - notes[0]["cell"] <= 2  # IPython counts before or after a cell
    assert {"budget", "ordering", "paths", "hub"} <= {
        note["transform"]
        for note in colab.value("__import__('colab_world.transforms').transforms.applied")
    }
