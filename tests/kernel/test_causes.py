"""What fails for a reason of the world's is told apart from what the student did."""

import pytest

from grader.kernel import causes
from grader.kernel.causes import Cause
from grader.model import CellRun, LeftOut, Outcome, StudentError

TORCH = "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: "
SITE = "/usr/lib/python3.11/site-packages/torch/__init__.py"


@pytest.mark.parametrize(
    ("cause", "name", "message", "line"),
    [
        (Cause.PACKAGE, "ModuleNotFoundError", "No module named 'pandas'", "import pandas as pd"),
        (
            Cause.PACKAGE,
            "ImportError",
            f"cannot import name 'x' from 'torch' ({SITE})",
            "from torch import x",
        ),
        (
            Cause.PACKAGE,
            "AbsentPackage",
            "pandas is not installed here",
            "pd.DataFrame()",
        ),
        (Cause.PACKAGE, "AbsentPackage", "torch has no _nothing here", "nothing()"),
        (
            Cause.NETWORK,
            "AbsentPackage",
            "utils is not here: the notebook fetches it from the network, which is not there",
            "emojis()",
        ),
        (
            Cause.PACKAGE,
            "AttributeError",
            "`np.NaN` was removed in the NumPy 2.0 release.",
            "x = np.NaN",
        ),
        (Cause.GPU, "RuntimeError", "Found no NVIDIA driver on your system.", "x = x.cuda()"),
        (Cause.GPU, "AssertionError", "Torch not compiled with CUDA enabled", "x.cuda()"),
        (Cause.GPU, "AssertionError", "", "assert torch.cuda.is_available()"),
        (
            Cause.GPU,
            "ZeroDivisionError",
            "division by zero",
            "torch.cuda.memory_allocated(0) / total",
        ),
        (
            Cause.MEMORY,
            "RuntimeError",
            f"{TORCH}you tried to allocate 1078984704 bytes.",
            "y = net(x)",
        ),
        (
            Cause.MEMORY,
            "_ArrayMemoryError",
            "Unable to allocate 5.6 GiB for an array with shape (9,)",
            "x",
        ),
        (
            Cause.NETWORK,
            "URLError",
            "<urlopen error no network: cannot open https://a.org>",
            "get()",
        ),
        (
            Cause.NETWORK,
            "ConnectionError",
            "HTTPSConnectionPool: Max retries exceeded",
            "requests.get(u)",
        ),
        (
            Cause.DATA,
            "FileNotFoundError",
            "[Errno 2] No such file or directory: '/content/drive/My Drive/x'",
            "f",
        ),
        (
            Cause.DATA,
            "FileNotFoundError",
            "[Errno 2] No such file or directory: 'C:\\\\Users\\\\me\\\\x'",
            "f",
        ),
        (
            Cause.BUDGET,
            "ValueError",
            "x and y must have same first dimension, but have shapes (25,) and (1,)",
            "plt.plot(x, y)",
        ),
        (Cause.SLEEP, "Slept", "the cell only sleeps", "time.sleep(60)"),
        (Cause.PACKAGE, "AbsentPackage", "No module named 'wandb' here", "wandb.init()"),
    ],
)
def test_known_signs_of_our_own_making(cause, name, message, line):
    assert causes.of(StudentError(name, message, line)) is cause


@pytest.mark.parametrize(
    ("name", "message", "line"),
    [
        ("NameError", "name 'model' is not defined", "train(args, model)"),
        ("ModuleNotFoundError", "No module named 'pandas'", "raise ModuleNotFoundError(name)"),
        ("RuntimeError", "Found no NVIDIA driver", "raise RuntimeError(text)"),
        ("AbsentPackage", "No module named 'wandb' here", "raise AbsentPackage()"),
        (
            "ModuleNotFoundError",
            "No module named 'grader'",
            "import grader.assignment.checks.conv2d",
        ),
        (
            "ModuleNotFoundError",
            "No module named 'reference.unet'",
            "from reference.unet import UNet",
        ),
        (
            "ImportError",
            "cannot import name 'CNN' from 'networks' (/content/networks.py)",
            "from networks import CNN",
        ),
        ("AssertionError", "", "assert out.shape == x.shape"),
        ("ZeroDivisionError", "division by zero", "1 / 0"),
        ("RuntimeError", f"{TORCH}you tried to allocate 40000000000 bytes.", "torch.empty(10**10)"),
        ("MemoryError", "", "kept.append(bytearray(64 << 20))"),
        ("_ArrayMemoryError", "Unable to allocate 1.5 TiB for an array", "np.zeros(10**12)"),
        (
            "gaierror",
            "[Errno -3] Temporary failure in name resolution",
            "socket.getaddrinfo(a, 80)",
        ),
        ("FileNotFoundError", "[Errno 2] No such file or directory: '/etc/canary'", "open(x)"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'model.pt'", "torch.load(x)"),
        (
            "ValueError",
            "x and y must have same first dimension, but have shapes (25,) and (24,)",
            "plot",
        ),
        (
            "ValueError",
            "x and y must have same first dimension, but have shapes (4,) and (1,)",
            "plt.plot([5, 10, 50, 100], filled_by_hand)",
        ),
        ("RuntimeError", "mat1 and mat2 shapes cannot be multiplied", "self.fc(x)"),
    ],
)
def test_what_is_not_recognised_is_the_student_s(name, message, line):
    assert causes.of(StudentError(name, message, line)) is None


WORLD = StudentError("ModuleNotFoundError", "No module named 'pandas'", "import pandas")
MINE = StudentError("NameError", "name 'x' is not defined", "y = x")


def raised(*errors):
    return CellRun(3, Outcome.RAISED, 0.1, errors[0], tuple(LeftOut(1, e) for e in errors))


def test_a_cell_is_the_world_s_where_nothing_of_the_student_s_failed():
    assert causes.of_cell(raised(WORLD, WORLD)) is Cause.PACKAGE
    assert causes.of_cell(CellRun(3, Outcome.RAISED, 0.1, WORLD)) is Cause.PACKAGE
    assert causes.of_cell(CellRun(3, Outcome.OK)) is None
    assert causes.of_cell(CellRun(3, Outcome.TIMED_OUT, 9, WORLD)) is None


@pytest.mark.parametrize("errors", [(WORLD, MINE), (MINE, WORLD)])
def test_the_world_hides_no_mistake_of_the_student(errors):
    run = raised(*errors)
    assert causes.of_cell(run) is None
    assert causes.students(run) == MINE
