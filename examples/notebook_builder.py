"""Builds notebooks of this assignment out of named pieces.

    from examples.notebook_builder import build_notebook, notebook_text

    right = build_notebook()
    wrong = build_notebook({"freeze_and_replace": "model.classifier[4] = nn.Conv2d(256, 2, 3)"})
    Path("a2-cnn.ipynb").write_text(notebook_text(wrong), encoding="utf-8")

The pieces and their right texts are the files of `cells/`; `RIGHT` is the same as a mapping, and
`UNTOUCHED` holds the pieces of a template that nobody has filled in. A replacement may hold
`# %%` or `# %% [markdown]` lines, which open further cells, and an empty one takes a piece away.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from examples.pictures import data_address, horses
from examples.pieces import Cell, Piece, assemble, parse, parse_variants

HERE = Path(__file__).resolve().parent
PARTS = ("setup", "part_a_helpers", "part_a", "part_b", "part_c")
_PICTURE = re.compile(r"\(picture:horses-(\d+)\)")

Notebook = dict[str, Any]
Outputs = Mapping[str, Sequence[dict[str, Any]]]
"""Saved outputs of the cell in which a piece begins, by the piece's name."""


def read_template() -> list[Piece | str]:
    """The whole notebook, part after part."""
    files = [HERE / "cells" / f"{part}.ipy" for part in PARTS]
    return [item for path in files for item in parse(path.read_text(encoding="utf-8"))]


def read_variants(name: str) -> dict[str, str]:
    """The replacements of `variants/NAME.ipy`."""
    return parse_variants((HERE / "variants" / f"{name}.ipy").read_text(encoding="utf-8"))


TEMPLATE = read_template()
RIGHT = {piece.name: piece.text for piece in TEMPLATE if isinstance(piece, Piece)}
UNTOUCHED = read_variants("untouched")


def build_notebook(
    pieces: Mapping[str, str] | None = None,
    *,
    outputs: Outputs | None = None,
    minor: int = 0,
    kernel: str = "python2",
) -> Notebook:
    """A notebook in the form that Colab saved: no cell ids, widgets without `state`.

    Args:
        pieces: replacements of pieces, by name; the others are right.
        outputs: saved outputs by piece; None for a notebook that was never run.
        minor: 0 or 1, of nbformat 4.0 and 4.1.
        kernel: the kernelspec's name.

    Raises:
        ValueError: no such piece; the message lists them all.
    """
    cells = assemble(TEMPLATE, pieces or {})
    return {
        "nbformat": 4,
        "nbformat_minor": minor,
        "metadata": _metadata(kernel, widgets=outputs is not None),
        "cells": [_cell(number, cell, outputs) for number, cell in enumerate(cells)],
    }


def notebook_text(notebook: Notebook) -> str:
    """The notebook as the text of its file."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def with_pictures(notebook: Notebook, megabytes: float) -> Notebook:
    """A copy padded to at least that size (10**6 bytes each) by pictures in its text cells."""
    padded = copy.deepcopy(notebook)
    text_cells = [cell for cell in padded["cells"] if cell["cell_type"] == "markdown"]
    size, seed = len(notebook_text(padded).encode("utf-8")), 100
    while size < megabytes * 1_000_000:
        address = data_address(horses(seed, columns=12, rows=6, depth=8))
        source = text_cells[seed % len(text_cells)]["source"]
        source[-1] += "\n"
        source.append(f"![picture {seed}]({address})")
        size, seed = size + len(address), seed + 1
    return padded


def with_cell(notebook: Notebook, after: str, source: str) -> Notebook:
    """A copy with one more code cell behind the first cell that holds the text `after`.

    Raises:
        ValueError: no cell holds that text.
    """
    longer = copy.deepcopy(notebook)
    for position, cell in enumerate(longer["cells"], start=1):
        if after in "".join(cell["source"]):
            extra = Cell("code", source, [])
            longer["cells"].insert(position, _cell(len(longer["cells"]), extra, None))
            return longer
    raise ValueError(f"no cell holds {after!r}: choose some text of the notebook")


def _metadata(kernel: str, *, widgets: bool) -> dict[str, Any]:
    shown = {"python2": "Python 2", "python3": "Python 3"}.get(kernel, kernel)
    metadata: dict[str, Any] = {
        "colab": {"name": "a2-cnn.ipynb", "provenance": [], "toc_visible": True},
        "kernelspec": {"name": kernel, "display_name": shown},
        "accelerator": "GPU",
    }
    if widgets:
        metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": _widget_models()}
    return metadata


def _widget_models() -> dict[str, Any]:
    """A progress bar as Colab kept it: models by id, without the `state` that the format asks."""
    models = {"HBoxModel": "HBoxView", "IntProgressModel": "ProgressView", "HTMLModel": "HTMLView"}
    return {
        _identity(model, 32): {
            "model_module": "@jupyter-widgets/controls",
            "model_name": model,
            "state": {"_view_name": view, "_view_module_version": "1.5.0", "layout": None},
        }
        for model, view in models.items()
    }


def _cell(number: int, cell: Cell, outputs: Outputs | None) -> dict[str, Any]:
    source = _PICTURE.sub(lambda found: f"({_markdown_picture(int(found[1]))})", cell.source)
    identity = _identity(f"{number} {cell.kind} {cell.source}", 12)
    kind = "code" if cell.kind == "code" else "text"
    metadata: dict[str, Any] = {"id": identity, "colab_type": kind}
    made: dict[str, Any] = {"cell_type": cell.kind, "metadata": metadata}
    if cell.kind == "code":
        metadata["colab"] = {}
        saved = [output for name in cell.pieces for output in (outputs or {}).get(name, ())]
        made |= {"execution_count": _count(number, cell, outputs), "outputs": saved}
    return made | {"source": source.splitlines(keepends=True)}


def _markdown_picture(seed: int) -> str:
    return data_address(horses(seed, rows=4, depth=8))


def _count(number: int, cell: Cell, outputs: Outputs | None) -> int | None:
    """Counts as of a long session: cells run again, out of order, some without one."""
    if outputs is None or not cell.source or not cell.pieces or number % 7 == 3:
        return None
    return number * 5 % 31 + number // 2 + 1


def _identity(text: str, length: int) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:length]
