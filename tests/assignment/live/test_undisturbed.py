"""A check changes nothing of a live notebook: one test an item."""

import copy
import os
import random
import sys
import types
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch import nn

from grader.assignment.undisturbed import undisturbed


@pytest.fixture
def names():
    """A notebook's names: a network in use, and things beside it."""
    torch.manual_seed(3)
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout())
    model(torch.rand(4, 1, 5, 5)).sum().backward()
    model[0].bias.requires_grad_(False)
    model.eval()
    model[2].train()
    return {"model": model, "same": model, "args": {"epochs": 25}, "numbers": [1, 2]}


def spoil(names):
    """Do to a notebook whatever a student's loop may do."""
    model = names["model"]
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(1).requires_grad_(True)
            if parameter.grad is not None:
                parameter.grad.zero_()
            parameter.grad = None
    model.train()
    model(torch.rand(4, 1, 5, 5))  # moves the running statistics
    model[0] = nn.Conv2d(1, 2, 1)
    random.random()
    np.random.rand()
    torch.rand(1)
    torch.set_num_threads(torch.get_num_threads() + 1)
    torch.use_deterministic_algorithms(True)
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    torch.backends.cudnn.benchmark = True
    plt.figure(99)
    plt.plot([1, 2])
    plt.rcParams["figure.dpi"] = 17
    os.environ["D_TEST"] = "1"
    names["new"] = 1
    names["args"] = None
    del names["numbers"]


@pytest.fixture
def spoiled(names, tmp_path, monkeypatch):
    """The notebook after a check that tried everything, and what it was before."""
    monkeypatch.chdir(tmp_path)
    figure = plt.figure(7)
    plt.plot([3, 4])
    dpi = plt.rcParams["figure.dpi"]
    model = names["model"]
    before = types.SimpleNamespace(
        names=dict(names),
        state=copy.deepcopy(model.state_dict()),
        layers=list(model),
        grads=[(p.grad, None if p.grad is None else p.grad.clone()) for p in model.parameters()],
        learning=[p.requires_grad for p in model.parameters()],
        modes=[m.training for m in model.modules()],
        python=random.getstate(),
        numpy=np.random.get_state(),
        torch=torch.get_rng_state(),
        threads=torch.get_num_threads(),
        figure=figure,
        dpi=dpi,
        folder=Path.cwd(),
    )
    with undisturbed(names):
        spoil(names)
        (tmp_path / "elsewhere").mkdir()
        os.chdir("elsewhere")
    yield before
    plt.close("all")


def test_names_stay(names, spoiled):
    assert names == spoiled.names
    assert "new" not in names


def test_parameters_and_buffers_stay(names, spoiled):
    now = names["model"].state_dict()
    assert all(torch.equal(now[name], value) for name, value in spoiled.state.items())
    assert now.keys() == spoiled.state.keys()


def test_layers_stay_the_same_objects(names, spoiled):
    assert all(a is b for a, b in zip(names["model"], spoiled.layers, strict=True))


def test_gradients_stay_the_same_objects_with_the_same_numbers(names, spoiled):
    for parameter, (grad, value) in zip(names["model"].parameters(), spoiled.grads, strict=True):
        assert parameter.grad is grad
        assert grad is None or torch.equal(grad, value)
    assert any(grad is not None and grad.any() for grad, _ in spoiled.grads)


def test_what_learns_stays(names, spoiled):
    assert [p.requires_grad for p in names["model"].parameters()] == spoiled.learning


def test_train_and_eval_modes_stay(names, spoiled):
    assert [m.training for m in names["model"].modules()] == spoiled.modes


def test_python_numbers_stay(names, spoiled):
    assert random.getstate() == spoiled.python


def test_numpy_numbers_stay(names, spoiled):
    assert np.random.get_state()[2] == spoiled.numpy[2]
    assert np.array_equal(np.random.get_state()[1], spoiled.numpy[1])


def test_torch_numbers_stay(names, spoiled):
    assert torch.equal(torch.get_rng_state(), spoiled.torch)


def test_threads_stay(names, spoiled):
    assert torch.get_num_threads() == spoiled.threads


def test_deterministic_flags_stay(names, spoiled):
    assert not torch.are_deterministic_algorithms_enabled()
    assert not torch.backends.cudnn.benchmark


def test_default_dtype_stays(names, spoiled):
    assert torch.get_default_dtype() is torch.float32


def test_grad_mode_stays(names, spoiled):
    assert torch.is_grad_enabled()


def test_figures_stay(names, spoiled):
    assert plt.get_fignums() == [7]
    assert plt.gcf() is spoiled.figure
    assert len(spoiled.figure.axes[0].lines) == 1


def test_rcparams_stay(names, spoiled):
    assert plt.rcParams["figure.dpi"] == spoiled.dpi


def test_the_working_folder_stays(names, spoiled):
    assert Path.cwd() == spoiled.folder


def test_the_environment_stays(names, spoiled):
    assert "D_TEST" not in os.environ


def test_everything_is_put_back_after_an_error_too(names):
    before = dict(names)

    def fail():
        with undisturbed(names):
            names.clear()
            torch.set_default_dtype(torch.float64)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert names == before
    assert torch.get_default_dtype() is torch.float32


def test_the_folder_of_a_loop_is_removed_only_if_it_is_new(names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with undisturbed(names):
        (tmp_path / "outputs" / "check").mkdir(parents=True)
    assert not (tmp_path / "outputs").exists()
    (tmp_path / "outputs" / "check").mkdir(parents=True)
    (tmp_path / "outputs" / "check" / "mine").touch()
    with undisturbed(names):
        pass
    assert (tmp_path / "outputs" / "check" / "mine").exists()


def test_what_else_lies_in_outputs_is_left_alone(names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with undisturbed(names):
        (tmp_path / "outputs" / "check").mkdir(parents=True)
        (tmp_path / "outputs" / "other").touch()
    assert [path.name for path in (tmp_path / "outputs").iterdir()] == ["other"]


def test_a_lazy_network_is_left_alone():
    names = {"lazy": nn.Sequential(nn.LazyLinear(2))}
    with undisturbed(names):
        pass
    assert isinstance(names["lazy"][0], nn.LazyLinear)


def test_it_works_where_nothing_was_plotted(names, monkeypatch):
    monkeypatch.delitem(sys.modules, "matplotlib", raising=False)
    with undisturbed(names):
        pass
