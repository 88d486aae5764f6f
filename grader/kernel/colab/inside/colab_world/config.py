"""The settings of one kernel, as the side that started it wrote them down."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VARIABLE = "COLAB_CONFIG"
PATHS = ("colab", "content", "data", "io")


@dataclass(frozen=True)
class Config:
    """Where things lie and how much may be trained.

    Attributes:
        colab: this folder, with the network and the stand-in packages.
        content: what the notebook knows as `/content`.
        data: the data sets, in the layout of the notebook's working folder.
        io: requests and replies.
        weights: a state dict for the hub's full-size network, or None for the small one.
        full: train for as many epochs as the notebook asks.
        max_epochs: epochs a training run may have unless `full`.
        threads: torch's threads, which the notebook cannot change.
        device: 'cpu' or 'cuda'; on 'cpu' every request for a GPU is answered by the CPU.
        max_batches: batches that a loop over batches may have, for a quick look; None for all.
        classes: that the assignment asks about.
    """

    colab: Path
    content: Path
    data: Path
    io: Path
    weights: Path | None = None
    full: bool = False
    max_epochs: int = 1
    threads: int = 1
    device: str = "cpu"
    max_batches: int | None = None
    classes: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, text: str) -> Config:
        """Read the settings.

        Raises:
            ValueError: a setting is missing or has an impossible value; one line says which.
        """
        values: dict[str, Any] = json.loads(text)
        missing = [name for name in PATHS if not values.get(name)]
        if missing:
            raise ValueError(f"{VARIABLE} lacks {', '.join(missing)}: {text}")
        config = cls(
            **{name: Path(values[name]) for name in PATHS},
            weights=Path(values["weights"]) if values.get("weights") else None,
            full=bool(values.get("full", False)),
            max_epochs=int(values.get("max_epochs", 1)),
            threads=int(values.get("threads", 1)),
            device=str(values.get("device", "cpu")),
            max_batches=int(values["max_batches"]) if "max_batches" in values else None,
            classes=tuple(values.get("classes", ())),
        )
        config._check()
        return config

    @classmethod
    def from_environment(cls) -> Config:
        """Read the settings from the environment.

        Raises:
            ValueError: they are not there, or are wrong.
        """
        text = os.environ.get(VARIABLE)
        if text is None:
            raise ValueError(f"{VARIABLE} is not set: it must hold the kernel's settings as JSON")
        return cls.from_json(text)

    def _check(self) -> None:
        if self.device not in ("cpu", "cuda"):
            raise ValueError(f"device={self.device!r}: must be 'cpu' or 'cuda'")
        for name in ("max_epochs", "threads", "max_batches"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name}={value}: must be at least 1")
