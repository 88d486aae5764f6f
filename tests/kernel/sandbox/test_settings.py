"""Settings: what a kernel is told, and what is refused."""

import json

import pytest

from grader.kernel.sandbox import Limits
from grader.kernel.sandbox.settings import kernel_environment


def test_the_configuration_inside_has_neutral_places(world, tmp_path):
    (tmp_path / "net.pth").write_bytes(b"w")
    settings = world(weights=tmp_path / "net.pth", max_epochs=3, threads=2, device="cuda")
    assert settings.inside_config() == {
        "colab": "/opt/colab",
        "content": "/content",
        "data": "/opt/data",
        "io": "/io",
        "weights": "/opt/weights/net.pth",
        "full": False,
        "max_epochs": 3,
        "threads": 2,
        "device": "cuda",
        "classes": ["MyConv2d", "CNN", "UNet"],
    }


def test_the_configuration_on_the_host_has_the_same_keys(world):
    settings = world()
    config = settings.host_config()
    assert config.keys() == settings.inside_config().keys()
    assert config["content"] == str(settings.scratch)
    assert config["weights"] is None


@pytest.mark.parametrize(
    ("full", "device", "threads"),
    [(False, "cpu", "4"), (False, "cuda", "4"), (True, "cpu", "4"), (True, "cuda", None)],
)
def test_only_a_full_run_on_a_gpu_leaves_the_threads_free(world, full, device, threads):
    settings = world(full=full, device=device, threads=4)
    environment = kernel_environment(settings, settings.inside_config(), "/tmp")
    assert environment.get("OMP_NUM_THREADS") == threads
    assert json.loads(environment["COLAB_CONFIG"]) == settings.inside_config()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"device": "tpu"}, "device is 'tpu'; use 'cpu' or 'cuda'"),
        ({"threads": 0}, "threads is 0"),
        ({"max_epochs": -1}, "max_epochs is -1"),
    ],
)
def test_bad_values_are_named(world, changes, words):
    with pytest.raises(ValueError, match=words):
        world(**changes)


@pytest.mark.parametrize("name", ["scratch", "exchange", "kernel_side", "data", "weights"])
def test_missing_files_are_named(world, tmp_path, name):
    with pytest.raises(ValueError, match=rf"{name} is .*/absent"):
        world(**{name: tmp_path / "absent"})


def test_limits_must_be_positive():
    with pytest.raises(ValueError, match="limit processes is 0"):
        Limits(processes=0)


def test_a_full_run_has_more_of_everything():
    small, full = vars(Limits()), vars(Limits.full_size())
    assert all(full[name] >= small[name] for name in small)
