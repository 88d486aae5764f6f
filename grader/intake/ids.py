"""Names of submissions: file names on every system, each once, the same in every run."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Sequence

from grader.archives import RESERVED, look

FORBIDDEN = frozenset('/\\:*?"<>|')  # in file names, on one system or another
LENGTH = 100  # bytes in UTF-8: room for what is put behind it
OURS = (".html", ".csv", ".json", ".zip", ".lock", ".xml")  # a folder of results holds such files
EVIDENCE = ("evidence",)


def safe(name: str) -> str:
    r"""Return a name that is a file name everywhere.

    >>> safe("Élève/1 "), safe("nul"), safe("..\x1b"), safe("summary.json")
    ('Élève_1', '_nul', '_', 'summary_json')
    """
    composed = unicodedata.normalize("NFC", name)
    kept = "".join(_kept(c) for c in composed).strip(" .") or "submission"
    if kept.lower().endswith(OURS):
        stem, _, ending = kept.rpartition(".")
        kept = f"{stem}_{ending}"
    reserved = kept.partition(".")[0].rstrip(" ").lower() in (*RESERVED, *EVIDENCE)
    return _short(f"_{kept}" if reserved or kept.startswith(("-", "~")) else kept)


def _kept(character: str) -> str:
    usable = character.isprintable() and character not in FORBIDDEN
    return character if usable else "_"


def _short(name: str) -> str:
    data = name.encode()
    if len(data) <= LENGTH:
        return name
    kept = data[: LENGTH - 9].decode(errors="ignore").rstrip(" .")
    return f"{kept}-{_digest(name)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def unique(wanted: Sequence[tuple[str, str]]) -> list[str]:
    """Return an id for each (name, key): the name, or, where two look alike, name and key's hash.

    Keys are distinct and say where a submission came from, so an id does not depend on the order
    in which submissions are found.
    """
    names = [safe(name) for name, _ in wanted]
    while True:
        looks = [look(name) for name in names]
        often = {each for each, times in Counter(looks).items() if times > 1}
        if not often:
            return names
        names = [
            f"{name}-{_digest(key)}" if seen in often else name
            for name, seen, (_, key) in zip(names, looks, wanted, strict=True)
        ]
