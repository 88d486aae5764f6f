"""Saved outputs as a session on Colab left them: lines, errors, small pictures."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from examples.pictures import curve, horses, random_integers

Output = dict[str, Any]

_WARNING = (
    "/usr/local/lib/python{}/dist-packages/matplotlib/cbook/deprecation.py:107: "
    "MatplotlibDeprecationWarning: passing 'off' as a boolean is deprecated\n"
)
_MODEL = """DeepLabV3(
  (backbone): IntermediateLayerGetter(
    (conv1): Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False)
  )
  (classifier): DeepLabHead(
    (4): Conv2d(256, 21, kernel_size=(1, 1), stride=(1, 1))
  )
  (aux_classifier): FCNHead(
    (4): Conv2d(256, 21, kernel_size=(1, 1), stride=(1, 1))
  )
)
"""


@dataclass(frozen=True)
class Run:
    """One training run: where its losses and its score begin and end.

    Attributes:
        name: what the first printed line says.
        loss: training loss after the first epoch, and what it tends to.
        score: accuracy in percent (mIOU for flowers), likewise.
        epochs: how many.
        seed: of the noise.
    """

    name: str
    loss: tuple[float, float]
    score: tuple[float, float]
    epochs: int = 25
    seed: int = 0

    def losses(self) -> list[float]:
        """Training loss after each epoch."""
        return self._path(*self.loss, noise=0.01, seed=self.seed)

    def scores(self) -> list[float]:
        """Validation score after each epoch."""
        return self._path(*self.score, noise=0.005 * self.score[1], seed=self.seed + 1)

    def _path(self, first: float, last: float, noise: float, seed: int) -> list[float]:
        """A hyperbola with noise; no library function, so the same everywhere."""
        shakes = random_integers(seed, 1000)
        return [
            last + (first - last) / (1 + 0.6 * epoch) + noise * (next(shakes) / 1000 - 0.5)
            for epoch in range(self.epochs)
        ]


CNN_RUN = Run("CNN", (2.61, 1.92), (22.4, 30.9), seed=3)
UNET_RUN = Run("UNet", (2.24, 1.34), (31.7, 49.2), seed=5)
UNET_10_RUN = Run("UNet", (1.78, 1.22), (41.5, 51.8), seed=7)
UNET_50_RUN = Run("UNet", (2.05, 1.29), (36.2, 50.3), seed=9)
FLOWER_RUN = Run("flowers", (0.52, 0.31), (0.21, 0.35), epochs=10, seed=11)


def ordinary_outputs(seed: int = 0, python: str = "2.7") -> dict[str, list[Output]]:
    """Outputs of a notebook that ran to its end, by piece.

    Args:
        seed: changes the pictures.
        python: the version that ran it; 2 prints several values as a tuple.
    """
    sets = [
        printed(python, f"{name} set", (count, 3, 32, 32))
        for name, count in (("training", 50000), ("test", 10000))
    ]
    warning = stream(_WARNING.format(python), "stderr")
    return {
        "get_file": [stream("/content/csc413/a2\n")],
        "load_data": [stream("".join(sets))],
        "train_cnn": colour_run(CNN_RUN, seed, python),
        "show_cnn": [picture(horses(seed + 20, columns=6, rows=4))],
        "train_unet": colour_run(UNET_RUN, seed + 1, python),
        "show_unet": [picture(horses(seed + 21, columns=6, rows=4))],
        "train_unet_batch_10": colour_run(UNET_10_RUN, seed + 2, python),
        "train_unet_batch_50": colour_run(UNET_50_RUN, seed + 3, python),
        "show_flowers": [warning, picture(horses(seed + 22, columns=4, rows=2))],
        "load_model": [stream("Downloading: pytorch/vision/archive/v0.5.0.zip\n", "stderr")],
        "print_model": [stream(_MODEL)],
        "args_part_c": flower_run(FLOWER_RUN, seed + 4, python),
        "show_predictions": [picture(horses(seed + 23 + n, columns=3, rows=1)) for n in range(4)],
    }


def colour_run(run: Run, seed: int, python: str) -> list[Output]:
    """What Part A's `train` printed and drew."""
    lines = [printed(python, "Training", run.name)]
    for epoch, (loss, score) in enumerate(zip(run.losses(), run.scores(), strict=True), start=1):
        place = f"Epoch [{epoch}/{run.epochs}]"
        lines.append(f"{place}, training loss {loss:.4f}, after {epoch * 2} s\n")
        lines.append(f"{place}, validation loss {loss + 0.03:.4f}, accuracy {score:.1f}%\n")
    drawn = curve(run.losses(), [loss + 0.03 for loss in run.losses()])
    return [stream("".join(lines)), picture(horses(seed)), picture(drawn)]


def flower_run(run: Run, seed: int, python: str) -> list[Output]:
    """What Part C's `train` printed and drew."""
    lines = [printed(python, "training pictures", 601)]
    for epoch, (loss, score) in enumerate(zip(run.losses(), run.scores(), strict=True), start=1):
        place = f"Epoch [{epoch}/{run.epochs}]"
        lines.append(f"{place}, training loss {loss:.4f}, in 21 s\n")
        lines.append(f"{place}, validation loss {loss + 0.02:.4f}, mIOU {score:.4f}\n")
    shown = picture(horses(seed, columns=3, rows=1))
    return [stream("".join(lines)), shown, picture(curve(run.losses()))]


def printed(python: str, *values: object) -> str:
    """The line that `print(*values)` writes in that version of Python."""
    text = repr(values) if python.startswith("2") else " ".join(map(str, values))
    return text + "\n"


def stream(text: str, name: str = "stdout") -> Output:
    """Printed text."""
    return {"output_type": "stream", "name": name, "text": text.splitlines(keepends=True)}


def picture(data: bytes) -> Output:
    """A figure, as a PNG file's bytes."""
    encoded = base64.b64encode(data).decode("ascii")
    shown = {"image/png": encoded, "text/plain": ["<matplotlib.figure.Figure at 0x7f2c51d0>"]}
    return {"output_type": "display_data", "data": shown, "metadata": {"tags": []}}


def error(name: str, value: str, where: Sequence[str]) -> Output:
    """A traceback; `where` are the lines between its frame."""
    traceback = [f"{name}Traceback (most recent call last)", *where, f"{name}: {value}"]
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": traceback}
