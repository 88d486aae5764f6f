"""Where in a notebook a finding belongs: cells are found by what they define, never by number.

Extra cells shift every index, and a name that is defined twice counts where it is defined last
(Part C's `train` takes the place of Part A's).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grader.model import CheckGrade, Finding
from grader.reports.html.nouns import Cell

_ = r"[ \t]{0,40}"  # bounded, so that a search is linear whatever a cell holds
SOUGHT = {
    "MyConv2d": re.compile(rf"^{_}class[ \t]{_}MyConv2d\b", re.MULTILINE),
    "CNN": re.compile(rf"^{_}class[ \t]{_}CNN\b", re.MULTILINE),
    "UNet": re.compile(rf"^{_}class[ \t]{_}UNet\b", re.MULTILINE),
    "train": re.compile(rf"^{_}def[ \t]{_}train{_}\(", re.MULTILINE),
    "selection": re.compile(r"^[^#\n]*\blearned_parameters\b", re.MULTILINE),
    "head": re.compile(
        rf"^[^#\n]*\bclassifier{_}(?:\[{_}-?\d{{1,9}}{_}\]|\.{_}\w{{1,40}}|){_}=[^=]", re.MULTILINE
    ),
    "freezing": re.compile(rf"^[^#\n]*\brequires_grad(?:_{_}\(|{_}=[^=])", re.MULTILINE),
    "deeplab": re.compile(r"^[^#\n]*\b(?:torch\.hub\.load\b|deeplabv3)", re.MULTILINE),
}
COUNTS = re.compile(r"\b(?:weights|connections)\b", re.IGNORECASE)
PARTS: Mapping[str, tuple[str, ...]] = {
    "conv2d": ("MyConv2d",),
    "cnn": ("CNN",),
    "unet": ("UNet",),
    "counts": ("counts",),
}
CHECKS: Mapping[str, tuple[str, ...]] = {
    "training.cnn_accuracy": ("CNN",),
    "training.unet_accuracy": ("UNet",),
    "finetune.selection": ("selection", "train"),
    "finetune.loop": ("selection", "train"),
    "finetune.only_head_moves": ("selection", "train"),
    "finetune.head": ("head", "deeplab"),
    "finetune.frozen": ("freezing", "head", "deeplab"),
    "finetune.mean_iou": ("head", "deeplab"),
}
CELL = re.compile(r"cell (\d{1,6})\Z")


def find(cells: Sequence[Cell]) -> dict[str, int]:
    """Return the cell of each thing that findings are about, as far as it is there."""
    found: dict[str, int] = {}
    for cell in cells:
        if cell.kind == "code":
            source = "".join(run.text for run in cell.code)
            found |= {name: cell.index for name, p in SOUGHT.items() if p.search(source)}
        elif cell.kind == "text":
            words = " ".join(run.text for piece in cell.prose for run in piece.runs)
            if len(COUNTS.findall(words)) > 1:
                found.setdefault("counts", cell.index)
    return found


def cell_of(check: CheckGrade, finding: Finding | None, places: Mapping[str, int]) -> int | None:
    """Return the cell that a finding of a check stands next to; None if there is no such cell."""
    named = CELL.match((finding and finding.where) or "")
    if named:
        return int(named[1]) - 1
    if finding is not None and ".pdf" in finding.what:
        return None
    wanted = CHECKS.get(check.id, PARTS.get(check.id.partition(".")[0], ()))
    return next((places[name] for name in wanted if name in places), None)
