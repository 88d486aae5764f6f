"""Plain text as a small PDF file: one font, no compression, no dates."""

from __future__ import annotations

from collections.abc import Sequence

_PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {} 0 R {} >>"
_RESOURCES = "/Resources << /Font << /F1 3 0 R >> >>"


def pdf(pages: Sequence[str]) -> bytes:
    """A PDF file with one page for each text, a line of text a line.

    Raises:
        UnicodeEncodeError: a character that the standard fonts do not have.
    """
    contents = [_page_content(page) for page in pages]
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode("ascii"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for index, content in enumerate(contents):
        objects.append(_PAGE.format(5 + 2 * index, _RESOURCES).encode("ascii"))
        length = f"<< /Length {len(content)} >>\nstream\n".encode("ascii")
        objects.append(length + content + b"\nendstream")
    return _file(objects)


def _page_content(page: str) -> bytes:
    lines = [_escaped(line) for line in page.strip("\n").splitlines()]
    shown = "\n".join(f"({line}) Tj T*" for line in lines)
    return f"BT /F1 10 Tf 14 TL 72 720 Td\n{shown}\nET".encode("cp1252")


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _file(objects: Sequence[bytes]) -> bytes:
    """Header, numbered objects, and the table of where each begins."""
    out = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    starts = []
    for number, body in enumerate(objects, start=1):
        starts.append(len(out))
        out += f"{number} 0 obj\n".encode("ascii") + body + b"\nendobj\n"
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    size = len(objects) + 1
    tail = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n"
    tail += f"<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + tail.encode("ascii")
