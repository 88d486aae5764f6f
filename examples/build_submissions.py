"""Writes the example submissions: `python -m examples.build_submissions [FOLDER]`.

The same bytes every time and everywhere; the committed folder is `examples/submissions`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from examples.notebook_builder import (
    HERE,
    UNTOUCHED,
    Notebook,
    build_notebook,
    notebook_text,
    read_variants,
)
from examples.saved_outputs import Output, error, ordinary_outputs, stream
from examples.writeup_pdf import pdf


def amelie_right() -> Notebook:
    """Everything right, and most of what breaks when a notebook of 2020 runs today."""
    return build_notebook(outputs=ordinary_outputs())


def bilal_other_style() -> Notebook:
    """Right as well, written with other habits."""
    outputs = _with_one_study_cell(ordinary_outputs(seed=40, python="3.6"))
    del outputs["get_file"]  # it enters no folder
    return build_notebook(read_variants("bilal"), outputs=outputs, minor=1, kernel="python3")


def chen_three_mistakes() -> Notebook:
    """Pools after ReLU in CNN, lacks UNet's last skip, lets every parameter learn."""
    outputs = _with_one_study_cell(ordinary_outputs(seed=80))
    return build_notebook(read_variants("chen"), outputs=outputs)


def dana_unfilled() -> Notebook:
    """The template with nothing filled in, never run."""
    return build_notebook(UNTOUCHED | read_variants("dana"))


def emil_broken_middle() -> Notebook:
    """Parts A and C right, cells that raise between them."""
    return build_notebook(read_variants("emil"), outputs=_outputs_with_errors())


SUBMISSIONS: dict[str, Callable[[], Notebook]] = {
    "amelie-right": amelie_right,
    "bilal-other-style": bilal_other_style,
    "chen-three-mistakes": chen_three_mistakes,
    "dana-unfilled": dana_unfilled,
    "emil-broken-middle": emil_broken_middle,
}


def write_submission(folder: Path, name: str) -> None:
    """Write `a2-cnn.ipynb` and `a2-writeup.pdf` of one submission into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    text = notebook_text(SUBMISSIONS[name]())
    (folder / "a2-cnn.ipynb").write_text(text, encoding="utf-8", newline="\n")
    (folder / "a2-writeup.pdf").write_bytes(pdf(_pages(name)))


def main(arguments: list[str]) -> int:
    """Write all of them below the folder given, or below `examples/submissions`."""
    if len(arguments) > 1 or arguments[:1] == ["-h"] or arguments[:1] == ["--help"]:
        sys.stderr.write("usage: python -m examples.build_submissions [FOLDER]\n")
        return 2
    root = Path(arguments[0]) if arguments else HERE / "submissions"
    for name in SUBMISSIONS:
        write_submission(root / name, name)
    return 0


def _pages(name: str) -> list[str]:
    """The write-up's text; a line of dashes begins a page."""
    text = (HERE / "writeups" / f"{name}.txt").read_text(encoding="utf-8")
    return text.split("\n----\n")


def _with_one_study_cell(outputs: dict[str, list[Output]]) -> dict[str, list[Output]]:
    """The outputs where one cell trained with all the other batch sizes."""
    both = outputs["train_unet_batch_10"] + outputs["train_unet_batch_50"]
    return outputs | {"train_unet_batch_10": both}


def _outputs_with_errors() -> dict[str, list[Output]]:
    """An earlier run's outputs, with errors where the session met them."""
    outputs = ordinary_outputs(seed=120)
    name = "name 'arg' is not defined"
    outputs["show_cnn"] = [error("NameError", name, ["----> 1 plot_activation(arg, cnn)"])]
    sizes = "Given groups=1, weight of size 32 64 3 3, expected input to have 64 channels, got 128"
    failed = error("RuntimeError", sizes, ["----> 2 unet_cnn = train(args)"])
    outputs["train_unet"] = [stream("('Training', 'UNet')\n"), failed]
    del outputs["show_unet"]
    return outputs


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
