"""Requests for a GPU are answered by the CPU, and nothing else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.kernel.inside.conftest import Colab

SETUP = "import copy, io, pickle, torch\nfrom torch import nn\nx = torch.ones(2, 2)"

ON_CPU = (
    "x.cuda()",
    "x.cuda(0, non_blocking=True)",
    "x.to('cuda')",
    "x.to('cuda:0', torch.float64)",
    "x.to(torch.device('cuda'))",
    "x.to(device=torch.device('cuda', 1))",
    "x.to(0)",
    "x.pin_memory()",
    "x.type(torch.cuda.FloatTensor)",
    "x.type('torch.cuda.FloatTensor')",
    "x.new_zeros(3, device='cuda')",
    "torch.zeros(2, device='cuda')",
    "torch.tensor([1.0], device=torch.device('cuda:0'))",
    "torch.randn_like(x, device='cuda')",
    "torch.randint(0, 5, (3,), device='cuda')",
    "torch.cuda.FloatTensor(2, 3)",
    "nn.Linear(2, 2, device='cuda')(x)",
    "nn.Linear(2, 2).cuda()(x)",
    "nn.Linear(2, 2).to('cuda')(x)",
    "nn.DataParallel(nn.Linear(2, 2), device_ids=[0]).cuda()(x)",
)
HARMLESS = (
    "torch.cuda.synchronize()",
    "torch.cuda.manual_seed_all(3)",
    "torch.cuda.set_device(0)",
    "torch.cuda.reset_peak_memory_stats()",
    "torch.cuda.get_device_properties(0).total_memory",
    "torch.cuda.memory_stats()",
    "torch.cuda.memory_summary()",
    "torch.cuda.device(0).__enter__()",
    "torch.cuda.Event(enable_timing=True).elapsed_time(torch.cuda.Event())",
)


@pytest.mark.parametrize("expression", ON_CPU)
def test_tensors_stay_on_the_cpu(colab: Colab, expression: str) -> None:
    colab.run(SETUP)
    assert colab.value(f"str(({expression}).device)") == "cpu"


@pytest.mark.parametrize("expression", HARMLESS)
def test_functions_of_the_gpu_are_harmless(colab: Colab, expression: str) -> None:
    colab.run(SETUP)
    cell = colab.run(expression)
    assert cell.status == "ok", cell.error


def test_ordinary_use_is_as_before(colab: Colab) -> None:
    colab.run(SETUP)
    assert colab.value("x.to(torch.float64).dtype == torch.float64")
    assert colab.value("x.to(torch.zeros((), dtype=torch.int64)).dtype == torch.int64")
    assert colab.value("x.to('cpu', copy=True) is not x and x.cuda() is x")
    assert colab.value("torch.zeros(2, 3, dtype=torch.float16).dtype == torch.float16")
    assert colab.value("str(torch.device('cuda'))") == "cuda"
    assert colab.run("torch.zeros(2, bogus=1)").error.startswith("TypeError")


def test_objects_survive_pickle_and_copies(colab: Colab) -> None:
    colab.run(SETUP + "\nlinear = nn.Linear(2, 2).cuda()")
    assert colab.value("type(copy.deepcopy(linear)).__name__") == "Linear"
    assert colab.value("torch.equal(pickle.loads(pickle.dumps(linear)).weight, linear.weight)")
    assert colab.value("isinstance(linear.weight.cuda(), nn.Parameter)")
    assert colab.value("isinstance(x, torch.cuda.FloatTensor)")
    for function in ("torch.zeros", "torch.load", "torch.Tensor.to", "nn.Module.cuda"):
        assert colab.value(f"pickle.loads(pickle.dumps({function})) is {function}"), function


def test_gradients_flow_through(colab: Colab) -> None:
    colab.run(SETUP + "\nw = torch.ones(2, requires_grad=True)\n(w.cuda() * 3).sum().backward()")
    assert colab.value("w.grad.tolist()") == [3.0, 3.0]


def test_a_reloaded_module_is_adapted_again_and_only_once(colab: Colab) -> None:
    colab.run(SETUP + "\nimport importlib")
    for _ in range(2):
        assert colab.run("importlib.reload(torch.cuda);").status == "ok"
        assert colab.value("[torch.cuda.is_available(), torch.cuda.get_device_name()]") == [
            False,
            "CPU",
        ]
    assert colab.run("print(x.to('cuda').device, torch.hub.load.__name__)").text == "cpu load\n"


def test_old_checkpoints_load_wherever_they_were_saved(colab: Colab) -> None:
    colab.run(SETUP + "\nbuffer = io.BytesIO()\ntorch.save({'net': nn.Linear(2, 2)}, buffer)")
    for location in ("", ", map_location='cuda'", ", map_location=lambda s, _: s"):
        assert colab.run("buffer.seek(0);").status == "ok"
        cell = colab.run(f"print(torch.load(buffer{location})['net'].weight.device)")
        assert cell.text == "cpu\n", cell.error


def test_loaders_keep_their_signature_and_their_errors(colab: Colab) -> None:
    colab.run(SETUP + "\nfrom torch.utils.data import DataLoader, Dataset")
    cell = colab.run(
        "class Own(DataLoader):\n    pass\n"
        "own = Own([1, 2, 3], 2, False, None, None, 3, timeout=5, prefetch_factor=2,\n"
        "          persistent_workers=True, pin_memory=True)\n"
        "print(isinstance(own, DataLoader), own.num_workers, [b.tolist() for b in own])"
    )
    assert cell.text == "True 0 [[1, 2], [3]]\n", cell.error
    assert "bogus" in colab.run("DataLoader([1], bogus=1)").error
    dropped = "[b.tolist() for b in DataLoader([1, 2, 3], 2, drop_last=True)]"
    assert colab.value(dropped) == [[1, 2]]
