"""The kernel's settings, read and refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from colab_world.config import Config

FOLDERS = {"colab": "/opt/colab", "content": "/content", "data": "/opt/data", "io": "/io"}


def test_all_settings_are_read() -> None:
    given = {**FOLDERS, "weights": "/opt/weights/x.pth", "full": True, "max_epochs": 3,
             "threads": 4, "device": "cuda"}  # fmt: skip
    assert Config.from_json(json.dumps(given)) == Config(
        Path("/opt/colab"), Path("/content"), Path("/opt/data"), Path("/io"),
        Path("/opt/weights/x.pth"), full=True, max_epochs=3, threads=4, device="cuda",
    )  # fmt: skip


def test_what_may_be_left_out() -> None:
    config = Config.from_json(json.dumps({**FOLDERS, "weights": None}))
    assert (config.weights, config.full, config.max_epochs) == (None, False, 1)
    assert (config.threads, config.device) == (1, "cpu")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"data": ""}, "COLAB_CONFIG lacks data"),
        ({"device": "tpu"}, "device='tpu': must be 'cpu' or 'cuda'"),
        ({"max_epochs": 0}, "max_epochs=0: must be at least 1"),
        ({"threads": -1}, "threads=-1: must be at least 1"),
    ],
)
def test_wrong_settings_are_refused(change: dict[str, object], line: str) -> None:
    with pytest.raises(ValueError, match=line):
        Config.from_json(json.dumps({**FOLDERS, **change}))


def test_absent_settings_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLAB_CONFIG", raising=False)
    with pytest.raises(ValueError, match="COLAB_CONFIG is not set"):
        Config.from_environment()
