"""The commands that notebooks call with `!`: each prints one line and succeeds.

Called as `python commands.py NAME ARGUMENT...` by the files in bin; standard library only.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

TARGET_OPTIONS = ("-O", "-o", "--output", "--output-document")
FOLDER_OPTIONS = ("-P", "--directory-prefix", "--output-dir")
LINES = {
    "apt": "nothing is installed here",
    "apt-get": "nothing is installed here",
    "git": "no network, nothing is cloned here",
    "kaggle": "no network, the data is already here",
    "nvidia-smi": "no GPU in use",
    "pip": "nothing is installed or removed here",
    "pip3": "nothing is installed or removed here",
    "unzip": "nothing to unpack, the data is already here",
}


def main(arguments: list[str]) -> str:
    """Do what the command `arguments[0]` should, and return its line."""
    name, rest = arguments[0], arguments[1:]
    if name in LINES:
        asked = f" (asked for: {' '.join(rest)})" if rest else ""
        return f"{name}: {LINES[name]}{asked}"
    return f"{name}: {fetch(name, rest)}"


def fetch(name: str, arguments: list[str]) -> str:
    """Lay the file that a download asks for where it would have been written.

    `curl` writes to the screen unless told otherwise, and its `-O` takes no value.
    """
    target, folder, urls = read(name, arguments)
    if not urls:
        return "nothing was asked for"
    wanted = Path(urlsplit(urls[-1]).path).name
    place = Path(folder) / (target or wanted)
    shown = target or wanted
    if place.exists() and place.is_file():
        return f"{shown} is already here"
    source = find(wanted) or find(Path(shown).name)
    if source is None:
        return f"no network, and {wanted or urls[-1]} is not among the files provided here"
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        place.symlink_to(source)
    except OSError:
        shutil.copyfile(source, place)
    return f"{shown} is here now"


def read(name: str, arguments: list[str]) -> tuple[str | None, str, list[str]]:
    """Return the output file if one is named, the output folder, and what is to be fetched."""
    target, folder, urls = None, ".", []
    rest = iter(arguments)
    for argument in rest:
        option, _, value = argument.partition("=")
        if option[:2] != "--" and len(option) > 2:
            option = f"-{option[-1]}"  # -qO is -q -O
        if not argument.startswith("-") or argument == "-":
            urls.append(argument)
        elif option in FOLDER_OPTIONS:
            folder = value or next(rest, ".")
        elif option in TARGET_OPTIONS and (name, option) not in (("curl", "-O"), ("wget", "-o")):
            target = value or next(rest, None)
        elif option in ("--header", "-H", "-o"):
            next(rest, None)
    return (None if target == "-" else target), folder, urls


def find(name: str) -> Path | None:
    """Return the file called `name` of the data, None when there is none."""
    data = Path(json.loads(os.environ["COLAB_CONFIG"])["data"])
    places = (data / name, data / "data" / name)
    return next((place for place in places if name and place.is_file()), None)


if __name__ == "__main__":
    print(main(sys.argv[1:]))
