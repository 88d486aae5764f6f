"""Names of submissions: file names on every system, each once, the same in every run."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grader.basics.archives import RESERVED, look
from grader.basics.exits import shown

FORBIDDEN = frozenset('/\\:*?"<>|')  # in file names, on one system or another
LENGTH = 100  # bytes in UTF-8: room for what is put behind it
# A folder of results holds such files.
OURS = (".html", ".csv", ".json", ".zip", ".lock", ".xml", ".toml", ".log")
EVIDENCE = ("evidence",)


def safe(name: str) -> str:
    r"""Return a name that is a file name everywhere.

    >>> safe("Élève/1 "), safe("nul"), safe("..\x1b"), safe("summary.json")
    ('Élève_1', '_nul', '_', 'summary_json')
    """
    composed = unicodedata.normalize("NFC", _legible(name))
    kept = "".join(_kept(c) for c in composed).strip(" .") or "submission"
    if kept.lower().endswith(OURS):
        stem, _, ending = kept.rpartition(".")
        kept = f"{stem}_{ending}"
    reserved = kept.partition(".")[0].rstrip(" ").lower() in (*RESERVED, *EVIDENCE)
    return _short(f"_{kept}" if reserved or kept.startswith(("-", "~")) else kept)


def _legible(name: str) -> str:
    r"""Return a name, its bytes read as text where this system could not.

    >>> _legible("Zo\udcc3\udcab"), _legible("Zo\udceb")
    ('Zoë', 'Zoë')
    """
    if name.isascii() or not any("\udc80" <= c <= "\udcff" for c in name):
        return name
    data = name.encode("utf-8", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


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


@dataclass(frozen=True)
class Given:
    """An id that a submission has got once.

    Attributes:
        id: names the submission, its folder and its marks.
        name: what the submission would have liked to be called.
        key: where it came from; "" if that says nothing.
    """

    id: str
    name: str
    key: str = ""


def unique(wanted: Sequence[tuple[str, str]], given: Sequence[Given] = ()) -> list[str]:
    """Return an id for each (name, key): the name, or, where two look alike, name and key's hash.

    Keys are distinct and say where a submission came from, so an id does not depend on the order
    in which submissions are found. An id that was given before stays with its submission, and no
    other gets one that looks like it.
    """
    kept = _kept_ids(wanted, given)
    taken = {look(before.id) for before in given}
    names = [kept.get(place, safe(name)) for place, (name, _) in enumerate(wanted)]
    while True:
        looks = [look(name) for name in names]
        often = taken | {each for each, times in Counter(looks).items() if times > 1}
        new = [place for place, seen in enumerate(looks) if seen in often and place not in kept]
        if not new:
            return names
        for place in new:
            names[place] = f"{names[place]}-{_digest(wanted[place][1])}"


def _kept_ids(wanted: Sequence[tuple[str, str]], given: Sequence[Given]) -> dict[int, str]:
    """Return the ids that stay, by place: those of the same origin, else those of the same name.

    A platform numbers what is handed in again anew, so the origin may be another one then; a name
    that two bear decides nothing.
    """
    origins = {before.key: before.id for before in given if before.key}
    kept = {place: origins[key] for place, (_, key) in enumerate(wanted) if key in origins}
    free = [before for before in given if before.id not in kept.values()]
    left = [(place, name) for place, (name, _) in enumerate(wanted) if place not in kept]
    bearers = Counter(name for _, name in left)
    for place, name in left:
        found = [before.id for before in free if before.name == name]
        found = found or [b.id for b in free if b.id == b.name == safe(name)]
        if bearers[name] == 1 and len(found) == 1:
            kept[place] = found[0]
    return kept


def clashes(
    wanted: Sequence[tuple[str, str]], made: Sequence[str], given: Sequence[Given]
) -> list[str]:
    """Return a note for each submission that could not be called by its name alone."""
    names = [*(name for name, _ in wanted), *(before.name for before in given)]
    notes = []
    for (name, _), id_ in zip(wanted, made, strict=True):
        others = {n for n in names if look(safe(n)) == look(safe(name)) and n != name}
        if id_ != safe(name) and (others or names.count(name) > 1):
            like = shown(min(others)) if others else "another of the same name"
            notes.append(f"{shown(name)}: looks like {like}, so its results are in {shown(id_)}")
    return notes
