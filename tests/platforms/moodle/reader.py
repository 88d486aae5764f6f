"""Which student gets which file, as Moodle decides it."""

from __future__ import annotations


def feedback(names: list[str], participants: dict[int, str]) -> dict[str, str]:
    """Return which file each participant gets, as Moodle's `importziplib.php` finds it.

    The file's path and name are broken at "/", each part at its first four "_": the second piece
    must be the number of a participant, the next two a plugin.
    """
    given = {}
    for name in names:
        parts = ["import", *name.split("/")]
        assert not parts[-1].startswith((".", "~"))
        for place, part in enumerate(parts):
            pieces = part.split("_", 4)
            if len(pieces) < 4 or not pieces[1].isdecimal():
                continue
            who = participants.get(int(pieces[1]))
            if who is None or pieces[2:4] != ["assignfeedback", "file"]:
                continue
            own = "/".join(["".join(pieces[4:]), *parts[place + 1 :]])
            assert own == "/report.html", "only a path in full is known again, unchanged files too"
            assert who not in given
            given[who] = name
            break
    return given
