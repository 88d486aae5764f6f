"""Downloads of course platforms, made up: folders and zips with notebooks in them."""

import io
import json
import stat
import zipfile

from grader import platforms
from grader.handin import intake

NOTEBOOK = json.dumps(
    {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {},
        "cells": [{"cell_type": "markdown", "metadata": {}, "source": "text"}],
    }
).encode()


def put(folder, *names, data=NOTEBOOK):
    """Write files below a folder; a name that ends in / is an empty folder."""
    for name in names:
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return folder


def zipped(entries, compression=zipfile.ZIP_DEFLATED):
    """Return a zip as bytes: names with their contents, or ZipInfo in place of a name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def special(name, kind, data=b"/etc/passwd"):
    """Return an entry that is a link, a pipe or a device."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (kind | 0o644) << 16
    return info, data


def link(name):
    return special(name, stat.S_IFLNK)


def locked(data):
    """Return a zip whose every entry says that it is locked by a password."""
    changed = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        while at >= 0:
            changed[at + place] |= 1
            at = changed.find(mark, at + 4)
    return bytes(changed)


def found(path):
    """Return what is found at a path, whichever platform gave it."""
    return intake.find(path, platforms.downloads())


def entries(path):
    """Return the submissions at a path by their ids."""
    return {entry.id: entry for entry in found(path).entries}


def files(path):
    """Return the names of each submission's files."""
    return {id_: sorted(entry.read().files) for id_, entry in entries(path).items()}
