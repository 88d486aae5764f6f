"""Empty archives, for code that only asks whether an archive is there."""

import gzip
import io
import tarfile
from pathlib import Path


def write_empty_archive(path: Path) -> None:
    """Write a valid ``.tar.gz`` without members; its bytes do not depend on the clock."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w"):
        pass
    path.write_bytes(gzip.compress(content.getvalue(), mtime=0))
