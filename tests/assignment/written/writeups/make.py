"""Makes the PDFs beside it out of the `.tex` files: run it.

Needs pdflatex (on Debian: texlive-latex-base); the tests need only the PDFs. The outlines of the
glyphs are left out, which makes the files small; names, codes, widths and places are those of TeX.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, NumberObject, StreamObject

HERE = Path(__file__).parent
COMMAND = r"\pdfinfoomitdate=1\pdftrailerid{}\pdfsuppressptexinfo=-1\input{%s}"


def main() -> None:
    """Write a PDF for each TeX file."""
    for source in sorted(HERE.glob("*.tex")):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                ["pdflatex", "-interaction=batchmode", "-output-directory", folder,
                 COMMAND % source.name],
                cwd=HERE, check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
            slim(Path(folder) / f"{source.stem}.pdf", source.with_suffix(".pdf"))


def slim(made: Path, slimmer: Path) -> None:
    """Leave of each embedded font only its header, which says what its codes mean."""
    writer = PdfWriter(clone_from=PdfReader(made))
    for thing in writer._objects:
        if isinstance(thing, dict) and "/FontFile" in thing:
            font = thing["/FontFile"].get_object()
            header = StreamObject()
            header.set_data(font.get_data()[: int(font["/Length1"])])
            header[NameObject("/Length1")] = NumberObject(int(font["/Length1"]))
            reference = writer._add_object(header.flate_encode())
            thing[NameObject("/FontFile")] = reference
    writer.compress_identical_objects(remove_unreferenced=True)
    writer.write(slimmer)


if __name__ == "__main__":
    main()
