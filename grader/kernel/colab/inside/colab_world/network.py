"""`urllib` without a network: known files come from the data, everything else fails at once."""

from __future__ import annotations

import email.message
import functools
import shutil
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

from .patches import replace

REMOTE = ("http", "https", "ftp")
LOCAL = ("localhost", "127.0.0.1", "::1")


def install(data: Path) -> None:
    """Answer downloads from the folder `data`, whose subfolder `data` is searched as well."""
    replace(urllib.request, "urlretrieve", functools.partial(_retriever, data))
    replace(urllib.request.OpenerDirector, "open", _closed)


def known(data: Path, url: str) -> Path | None:
    """Return the file of `data` named as the last part of `url` (or of a path), else None."""
    name = Path(urlsplit(url).path).name
    places = (data / name, data / "data" / name)
    return next((place for place in places if name and place.is_file()), None)


def is_remote(url: str) -> bool:
    """Tell whether `url` leads out of this machine.

    >>> [is_remote(url) for url in ("https://a.org/x", "file:///x", "http://localhost:8/x")]
    [True, False, False]
    """
    parts = urlsplit(url)
    return parts.scheme in REMOTE and parts.hostname not in LOCAL


def _retriever(data: Path, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def urlretrieve(url: str, filename: Any = None, *args: Any, **kwargs: Any) -> Any:
        if not is_remote(url):
            return original(url, filename, *args, **kwargs)
        source = known(data, url) or known(data, str(filename or ""))
        if source is None:
            raise URLError(f"no network: {url} is not among the files provided here")
        target = Path(filename or Path(tempfile.mkdtemp()) / source.name)
        if not (target.exists() and target.samefile(source)):
            target.unlink(missing_ok=True)
            shutil.copyfile(source, target)
        return str(target), email.message.Message()

    return urlretrieve


def _closed(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def open_url(self: Any, fullurl: Any, *args: Any, **kwargs: Any) -> Any:
        url = fullurl if isinstance(fullurl, str) else fullurl.full_url
        if is_remote(url):
            raise URLError(f"no network: cannot open {url}")
        return original(self, fullurl, *args, **kwargs)

    return open_url
