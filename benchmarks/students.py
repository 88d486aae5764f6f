"""Makes a class: hand-ins whose mistakes, and so whose points, are known.

    python benchmarks/students.py FOLDER [--students N] [--seed S] [--shape real|untrained]

Shaped as real ones, the notebooks read, train and plot (`real_shaped.py`); `untrained` ones leave
the cells that train out, so that a class costs little beside what the checks ask.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import real_shaped
from examples.build_submissions import write_submission
from examples.notebook_builder import RIGHT, UNTOUCHED, build_notebook, notebook_text, read_variants

FULL = {"A1-conv": 0.2, "A1": 0.8, "B1": 1.0, "C1": 0.5, "C2": 0.7}
TRAINING = (
    "run_cnn", "show_cnn", "run_unet", "show_unet", "train_unet_batch_10", "train_unet_batch_50",
    "run_part_c", "show_predictions", "show_flowers",
)  # fmt: skip


@dataclass(frozen=True)
class Slip:
    """One mistake: what is written in place of what, and the points that it costs."""

    piece: str
    changes: tuple[tuple[str, str], ...]
    question: str
    lost: float


def _slip(piece: str, question: str, lost: float, *changes: tuple[str, str]) -> Slip:
    return Slip(piece, changes, question, lost)


SLIPS = {
    "pool_after_relu": _slip(
        "CNN", "A1", 0.16,
        (
            "nn.MaxPool2d(2),\n            nn.BatchNorm2d(NF),\n            nn.ReLU())",
            "nn.BatchNorm2d(NF),\n            nn.ReLU(),\n            nn.MaxPool2d(2))",
        ),
    ),
    "relu_at_end": _slip(
        "CNN", "A1", 0.24, ("out = self.finalconv(out)", "out = torch.relu(self.finalconv(out))")
    ),
    "upsample_bilinear": _slip(
        "CNN", "A1", 0.16, ("scale_factor=2)", "scale_factor=2, mode='bilinear')")
    ),
    "softmax_at_end": _slip(
        "UNet", "B1", 0.3, ("return self.finalconv(", "return nn.Softmax(dim=1)(self.finalconv("),
        ("[up2, x], dim=1))", "[up2, x], dim=1)))"),
    ),
    "skip_missing_input": _slip(
        "UNet", "B1", 0.3, ("MyConv2d(NC + num_in_channels, NC", "MyConv2d(NC, NC"),
        ("torch.cat([up2, x], dim=1)", "up2"),
    ),
    "skip_added": _slip(
        "UNet", "B1", 0.3, ("MyConv2d(NF + NF, NC", "MyConv2d(NF, NC"),
        ("torch.cat([up1, down1], dim=1)", "up1 + down1"),
    ),
    "selects_everything": _slip(
        "learned_parameters", "C1", 0.3, ("if name.startswith('classifier.4'):", "if name:")
    ),
    "selects_aux_head": _slip(
        "learned_parameters", "C1", 0.2,
        ("if name.startswith('classifier.4'):", "if 'classifier.4' in name:"),
    ),
    "selects_weight_only": _slip(
        "learned_parameters", "C1", 0.2, ("'classifier.4'", "'classifier.4.weight'")
    ),
    "not_frozen": _slip(
        "freeze_and_replace", "C2", 0.35,
        ("parameter.requires_grad = False", "parameter.requires_grad = True"),
    ),
    "head_kernel": _slip(
        "freeze_and_replace", "C2", 0.21, ("kernel_size=1", "kernel_size=3, padding=1")
    ),
}  # fmt: skip
REAL, UNTRAINED = SHAPES = ("real", "untrained")
BROKEN = "UNet is a syntax error"
SLOW = "import time\nfor step in range(30):\n    time.sleep(1)\n    print('step', step)"


@dataclass(frozen=True)
class Student:
    """A hand-in and what it must come to."""

    id: str
    pieces: Mapping[str, str]
    mistakes: tuple[str, ...]
    points: float


def make(count: int, seed: int = 0, shape: str = "real") -> list[Student]:
    """Return the students of a class, the same for the same seed.

    Of ten, two are right, six made one to three mistakes, one is broken, one is unfilled; of
    twenty, one is right but slow.
    """
    rng = random.Random(seed)  # noqa: S311 - a class, not a secret
    return [_student(number, rng, shape) for number in range(count)]


def _student(number: int, rng: random.Random, shape: str) -> Student:
    quick = dict.fromkeys(TRAINING, "") if shape == UNTRAINED else real_shaped.pieces(rng)
    kind = number % 10
    name = f"student-{number:03}"
    if kind == 0:
        return Student(name, quick, (), sum(FULL.values()))
    if kind == 1:
        slow = {"show_flowers": SLOW} if number % 20 == 1 else {}
        return Student(name, {**quick, **_other_style(shape), **slow}, (), sum(FULL.values()))
    if kind == 8:
        pieces = {**quick, "UNet": "class UNet(nn.Module:\n    pass"}
        return Student(name, pieces, (BROKEN,), sum(FULL.values()) - FULL["B1"])
    if kind == 9:
        return Student(name, {**UNTOUCHED, **quick}, ("unfilled",), 0.0)
    chosen = _compatible(rng.sample(sorted(SLIPS), rng.randint(1, 3)))
    pieces = dict(quick)
    for slip in (SLIPS[mistake] for mistake in chosen):
        pieces[slip.piece] = _changed(slip)
    lost = sum(SLIPS[mistake].lost for mistake in chosen)
    return Student(name, pieces, tuple(chosen), round(sum(FULL.values()) - lost, 6))


def _other_style(shape: str) -> dict[str, str]:
    style = read_variants("bilal")
    return style if shape == REAL else {k: v for k, v in style.items() if k not in TRAINING}


def _compatible(names: list[str]) -> list[str]:
    """Return the first mistake for each piece: two in one piece may price each other."""
    return list({SLIPS[name].piece: name for name in reversed(names)}.values())


def _changed(slip: Slip) -> str:
    text = RIGHT[slip.piece]
    for old, new in slip.changes:
        if old not in text:
            raise ValueError(f"{old!r} is not in the piece {slip.piece}")
        text = text.replace(old, new)
    return text


def write(folder: Path, students: list[Student], shape: str = REAL) -> None:
    """Write a folder for each student, and `expected.json` beside them."""
    for number, student in enumerate(students):
        write_submission(folder / student.id, "amelie-right")
        rng = random.Random(number)  # noqa: S311 - a class, not a secret
        real = shape == REAL
        made = real_shaped.notebook(student.pieces, rng) if real else build_notebook(student.pieces)
        text = notebook_text(made)
        (folder / student.id / "a2-cnn.ipynb").write_text(text, encoding="utf-8")
    expected = {s.id: {"points": s.points, "mistakes": s.mistakes} for s in students}
    folder.with_name(f"{folder.name}-expected.json").write_text(json.dumps(expected, indent=1))


def main() -> None:
    """Write a class."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--students", type=int, default=60)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--shape", choices=SHAPES, default=REAL)
    chosen = options.parse_args()
    students = make(chosen.students, chosen.seed, chosen.shape)
    write(chosen.folder, students, chosen.shape)


if __name__ == "__main__":
    main()
