"""Which student gets which file, as Canvas decides it."""

from __future__ import annotations


def feedback(
    names: list[str], uploads: dict[tuple[str, str], str], groups: tuple[str, ...] = ()
) -> dict[str, tuple[str, str]]:
    """Return what each user's comment gets, a file and the name it is shown under.

    As `infer_comment_context_from_filename` of Canvas finds it; other files are ignored there.

    Args:
        names: of the zip.
        uploads: display names by user and number of the upload.
        groups: names of groups, which are taken off.
    """
    given = {}
    for name in names:
        base = name.rpartition("/")[2]
        group = next((each for each in groups if base.startswith(f"{each}_")), None)
        pieces = [p for p in base.removeprefix(f"{group}_").split("_") if p != "LATE"]
        anonymous = pieces[0] == "anon"
        numbers = [p for p in pieces if p.isdecimal()]
        user, upload = pieces[1:3] if anonymous else (*numbers, "", "")[:2]
        if not pieces[-1].startswith("link") and (user, upload) in uploads:
            assert user not in given
            given[user] = name, uploads[user, upload]
    return given
