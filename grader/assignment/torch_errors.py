"""What torch's commonest errors mean in the assignment's words: one table, `torch_errors.toml`."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from grader.model import StudentError
from grader.model.assignment import Meaning

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = Path(__file__).with_name("torch_errors.toml")
RECORDS: Mapping[str, Mapping[str, str]] = tomllib.loads(FILE.read_text("utf-8"))
PATTERNS = {name: re.compile(record["pattern"]) for name, record in RECORDS.items()}
AXES = {"0": "0 (the batch)", "1": "1 (channels)", "2": "2 (height)", "3": "3 (width)"}
DTYPES = {  # as torch and its C++ side call them
    "float": "float32", "torch.FloatTensor": "float32",
    "double": "float64", "torch.DoubleTensor": "float64",
    "c10::Half": "float16", "torch.HalfTensor": "float16",
    "c10::BFloat16": "bfloat16", "torch.BFloat16Tensor": "bfloat16",
    "long int": "int64", "long long": "int64", "torch.LongTensor": "int64",
    "unsigned char": "uint8", "torch.ByteTensor": "uint8",
}  # fmt: skip
WITH_SKIPS, LAYER = "UNet", "MyConv2d"


def meaning(error: StudentError, subject: str = "") -> Meaning | None:
    """Return what an error means, None for one that has no record.

    Args:
        error: as it was raised; only the first line of its message is looked at.
        subject: the class that was asked about; a UNet has joins that a CNN has not, and a layer
            has neither.

    >>> meaning(StudentError("ValueError", "expected 4D input (got 3D input)")).name
    'batchnorm_axes'
    """
    for name, pattern in PATTERNS.items():
        if found := pattern.match(error.message):
            record, words = RECORDS[name], _words(found)
            look_for = record.get(_side(subject, words), record["look_for"])
            return Meaning(name, record["says"].format(**words), look_for.format(**words))
    return None


def _side(subject: str, words: Mapping[str, str]) -> str:
    """Return under which key of a record stands where to look."""
    if subject == WITH_SKIPS and not _is_too_much(words):
        return "unet"
    return "conv2d" if subject == LAYER else "look_for"


def _is_too_much(words: Mapping[str, str]) -> bool:
    """Return whether more channels come in than were announced: then no join is missing."""
    come, announced = words.get("come", ""), words.get("announced", "")
    return come.isdecimal() and announced.isdecimal() and int(come) > int(announced)


def _words(found: re.Match[str]) -> dict[str, str]:
    """Return what a pattern caught, as words of a sentence."""
    words = {name: (text or "").strip() for name, text in found.groupdict().items()}
    known = {"axis": AXES, "come": DTYPES, "has": DTYPES}
    return {name: known.get(name, {}).get(text, text) for name, text in words.items()}
