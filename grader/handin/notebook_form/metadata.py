"""Texts, tables and metadata of a notebook, made what the schema of nbformat 4.5 asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from grader.handin.notebook_form.oddities import Oddities, named

KERNEL = ("name", "display_name")
SCALARS = (str, int, float)  # bool is an int
_TAG = re.compile(r"^[^,]+$")
_NAME = re.compile(r"^.+$")
Table = dict[str, Any]


def plain_text(value: Any) -> str | None:
    """Return a text, which may be a list of its lines; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return None


def table(raw: Mapping[str, Any], what: str, odd: Oddities) -> Table:
    """Return the metadata of a part of a notebook; `what` says whose they are."""
    value = raw.get("metadata", {})
    if not isinstance(value, Mapping):
        odd.say(f"metadata of {what} that is no table, left out")
        return {}
    return dict(value)


def of_notebook(raw: Mapping[str, Any], odd: Oddities) -> Table:
    """Return a notebook's metadata with a whole kernelspec, and without saved widgets."""
    metadata = table(raw, "the notebook", odd)
    if isinstance(metadata.get("widgets"), Mapping):
        metadata.pop("widgets")  # saved widgets without a state break every exporter
    spec = metadata.get("kernelspec")
    if isinstance(spec, Mapping) and not _is_kernel(spec):
        known = [spec[name] for name in KERNEL if isinstance(spec.get(name), str)]
        if known:
            odd.say("a kernelspec with one name only")
            metadata["kernelspec"] = {**spec, **dict.fromkeys(KERNEL, known[0])}
    return _allowed("the notebook's", metadata, NOTEBOOK, odd)


def of_cell(raw: Mapping[str, Any], odd: Oddities) -> Table:
    """Return a cell's metadata; of its tags those that are distinct words."""
    metadata = table(raw, "a cell", odd)
    tags = metadata.get("tags")
    if isinstance(tags, list) and not _are_tags(tags):
        odd.say("tags that are not distinct words")
        metadata["tags"] = list(dict.fromkeys(filter(_is_tag, tags)))
    return _allowed("a cell's", metadata, CELL, odd)


def _allowed(
    whose: str, metadata: Table, rules: Mapping[str, Callable[[Any], bool]], odd: Oddities
) -> Table:
    """Return metadata without what the schema does not allow."""
    wrong = [key for key, good in rules.items() if key in metadata and not good(metadata[key])]
    for key in wrong:
        odd.say(f"{whose} metadata {named(key)}, left out")
    return {key: value for key, value in metadata.items() if key not in wrong}


def _is_tag(value: Any) -> bool:
    return isinstance(value, str) and _TAG.match(value) is not None


def _are_tags(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_tag, value)) and len({*value}) == len(value)


def _is_language(value: Any) -> bool:
    if not isinstance(value, Mapping) or not isinstance(value.get("name"), str):
        return False
    texts = ("file_extension", "mimetype", "pygments_lexer")
    mode = value.get("codemirror_mode", "")
    return isinstance(mode, (str, Mapping)) and all(
        isinstance(value.get(t, ""), str) for t in texts
    )


def _is_kernel(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(value.get(n), str) for n in KERNEL)


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_times(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(each, str) for each in value.values())


NOTEBOOK: Mapping[str, Callable[[Any], bool]] = {
    "kernelspec": _is_kernel,
    "language_info": _is_language,
    "orig_nbformat": lambda value: type(value) is int and value >= 1,
    "title": lambda value: isinstance(value, str),
    "authors": lambda value: isinstance(value, list),
}
CELL: Mapping[str, Callable[[Any], bool]] = {
    "tags": _are_tags,
    "name": lambda value: isinstance(value, str) and _NAME.match(value) is not None,
    "format": lambda value: isinstance(value, str),
    "jupyter": _is_table,
    "execution": _is_times,
    "collapsed": lambda value: isinstance(value, bool),
    "scrolled": lambda value: isinstance(value, bool) or value == "auto",
}
