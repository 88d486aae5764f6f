"""Lines of 2020 that newer libraries refuse: each runs, and means what it meant."""

import pytest

RUNS = {
    "np.Inf": "import numpy as np; ok = -np.Inf < 0 and np.NaN != np.NaN and np.float_(1) == 1",
    "numpy's functions": "import numpy as np\n"
    "ok = np.product([2, 3]) == 6 and np.in1d([1], [1]).all() and np.trapz([1, 1]) == 1",
    "time.clock": "import time; ok = time.clock() <= time.clock()",
    "iter.next": "import torch\n"
    "ok = iter(torch.utils.data.DataLoader([1, 2], batch_size=2)).next().tolist() == [1, 2]",
    "verbose": "import torch\nfrom torch.optim.lr_scheduler import ReduceLROnPlateau, StepLR\n"
    "opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 1.0)\n"
    "StepLR(opt, 1, verbose=True); ReduceLROnPlateau(opt, 'max', verbose=True); ok = True",
    "seaborn style": "import matplotlib.pyplot as plt; plt.style.use('seaborn'); ok = True\n"
    "plt.style.use('seaborn-darkgrid'); plt.style.use('default')",
    "Iterable": "from collections import Iterable, Mapping; ok = isinstance([], Iterable)",
    "display": "from IPython.core.display import display, HTML; ok = callable(display)",
    "get_cmap": "import matplotlib.pyplot as plt\nfrom matplotlib import cm\n"
    "ok = len(cm.get_cmap('viridis')(0.5)) == 4 and cm.get_cmap('jet', 3).N == 3",
    "gca": "import matplotlib.pyplot as plt\nax = plt.figure().gca(projection='3d')\n"
    "ok = ax.name == '3d'; plt.close('all')",
    "make_grid": "import torch, torchvision\n"
    "grid = torchvision.utils.make_grid(torch.zeros(4, 3, 5, 5), normalize=True, range=(0, 1))\n"
    "ok = grid.dim() == 3",
    "magic": "get_ipython().magic('matplotlib inline'); ok = True",
    "gcd": "from fractions import gcd; ok = gcd(4, 6) == 2",
    "getargspec": "import inspect; ok = inspect.getargspec(lambda a, b=1: 0).args == ['a', 'b']",
    "_six": "from torch._six import string_classes, container_abcs, inf; ok = inf > 1",
    "Scale": "from torchvision import transforms; ok = transforms.Scale(8).size == 8",
    "python 2": "ok = reduce(lambda a, b: a + b, xrange(4)) == 6 and unicode(1) == '1'",
    "izip": "from itertools import izip; ok = list(izip([1], [2])) == [(1, 2)]",
    "imsave": "import numpy as np, scipy.misc, os\n"
    "scipy.misc.imsave('a.png', np.random.rand(8, 9, 3))\n"
    "back = scipy.misc.imread('a.png')\n"
    "ok = back.shape == (8, 9, 3) and back.dtype == np.uint8",
    "imsave grey": "import numpy as np, scipy.misc\n"
    "scipy.misc.toimage(np.arange(12.).reshape(3, 4)).save('b.png')\n"
    "ok = scipy.misc.imread('b.png').min() == 0 and scipy.misc.imread('b.png').max() == 255",
    "imresize": "import numpy as np\nfrom scipy.misc import imresize\n"
    "ok = imresize(np.zeros((8, 4, 3), 'uint8'), (6, 5)).shape == (6, 5, 3) and "
    "imresize(np.zeros((8, 4), 'uint8'), 0.5).shape == (4, 2)",
    "tqdm.notebook": "from tqdm.notebook import tqdm, trange\n"
    "ok = list(tqdm(range(3))) == [0, 1, 2] and list(trange(2)) == [0, 1]",
    "tqdm.auto": "from tqdm.auto import tqdm\nok = list(tqdm(range(3))) == [0, 1, 2]",
    "tqdm_notebook": "from tqdm import tqdm_notebook\nok = list(tqdm_notebook([1])) == [1]",
    "cv2": "import cv2, numpy as np\ncv2.imwrite('c.png', np.zeros((4, 5, 3), 'uint8'))\n"
    "x = cv2.resize(cv2.cvtColor(cv2.imread('c.png'), cv2.COLOR_BGR2RGB), (224, 224))\n"
    "ok = x.shape == (224, 224, 3) and cv2.getNumThreads() == 1",
    "colab's name": "ok = 'google.colab' in str(get_ipython())",
    "colab's variables": "import os; ok = 'COLAB_GPU' in os.environ",
    "widget": "%matplotlib widget\nok = True",
    "data_table": "%load_ext google.colab.data_table\nok = True",
    "colab's modules": "from google.colab.patches import cv2_imshow\n"
    "from google.colab import runtime, widgets, data_table, output, files, drive\n"
    "import numpy as np\ncv2_imshow(np.zeros((2, 2, 3)))\nok = files.upload_file('x') == 'x'",
    "generator": "import torch\nok = torch.Generator(device='cuda').manual_seed(1) is not None and "
    "torch.rand(2, generator=torch.Generator('cuda')).shape == (2,)",
    "memory": "import torch\nok = 0 <= torch.cuda.memory_allocated(0) / "
    "torch.cuda.get_device_properties(0).total_memory < 1",
    "tensor type": "import torch\n"
    "torch.set_default_tensor_type('torch.cuda.FloatTensor')\nok = True",
    "setrlimit": "import resource as r\n_, hard = r.getrlimit(r.RLIMIT_NOFILE)\n"
    "r.setrlimit(r.RLIMIT_NOFILE, (min(512, hard), hard))\nok = True",
}  # fmt: skip


@pytest.mark.parametrize("line", RUNS)
def test_it_runs_and_means_what_it_meant(colab, line):
    cell = colab.run(f"ok = False\n{RUNS[line]}")
    assert cell.status == "ok", cell.error
    assert colab.value("bool(ok)") is True


def test_a_cell_for_the_shell_runs(colab):
    assert "hello" in colab.run("%%shell\necho hello").text


def test_a_clone_is_said_to_bring_nothing(colab):
    colab.run("!git clone https://github.com/someone/something")
    assert any("git clone" in detail for detail in colab.applied("network"))
    assert colab.run("from utils.general import emojis\nx = 1").status == "ok"
