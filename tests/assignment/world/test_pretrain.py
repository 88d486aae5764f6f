"""Pretraining is the same each time and writes what the network reads."""

import pytest
import torch

from grader.assignment.world import pretrain
from grader.assignment.world.deeplab import build_deeplab


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(pretrain, "BATCH", 4)
    monkeypatch.setattr(pretrain, "HEIGHTS", (64, 96))
    monkeypatch.setattr(pretrain, "HEIGHT_SHARES", (0.5, 0.5))


def test_same_seed_gives_same_weights(small):
    first, again = pretrain.pretrain(3, seed=1), pretrain.pretrain(3, seed=1)
    other = pretrain.pretrain(3, seed=2)
    for name, value in first.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name
    assert not torch.equal(first.classifier[4].weight, other.classifier[4].weight)


def test_each_part_of_the_network_is_trained(small):
    torch.manual_seed(1)
    start = {name: value.clone() for name, value in build_deeplab(None).named_parameters()}
    trained = dict(pretrain.pretrain(2, seed=1).named_parameters())
    assert [name for name in start if torch.equal(start[name], trained[name])] == []


def test_command_writes_weights_that_load(small, tmp_path, capsys):
    out = tmp_path / "weights.safetensors"
    threads = torch.get_num_threads()
    assert pretrain.main(["--out", str(out), "--steps", "1"]) == 0
    torch.set_num_threads(threads)
    expected = pretrain.pretrain(1, seed=0).state_dict()
    loaded = build_deeplab(out).state_dict()
    for name, value in expected.items():
        torch.testing.assert_close(loaded[name], value, rtol=1e-3, atol=1e-6)
    assert "step 0  loss" in capsys.readouterr().err
