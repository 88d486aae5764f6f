"""What a page of a PDF paints, as glyphs and thin rules; pdfminer.six reads fonts and places."""

from __future__ import annotations

import contextlib
import math
import re
from typing import Any

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdffont import PDFType3Font, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.utils import apply_matrix_pt

from grader.handin.writeup.typeset import Glyph, Rule, text

GLYPHS = 50_000  # of a page
RULES = 2_000
SEGMENTS = 6  # of a path that may be a rule
THIN = 1.6  # points: a rule is no thicker
TINY = 3  # points: a size below is that of a font of pictures, whose glyphs are larger
UNKNOWN = "\ufffd"
_EXTENSION = re.compile(r"CMEX|(?:LM|Latin)?MathExt|lmex", re.IGNORECASE)
# TeX's font of large signs names its glyphs in a way of its own; these are its codes.
LARGE = {code: "()"[code % 2] for code in (0, 1, 16, 17, 18, 19, 32, 33)}
LARGE |= {code: "[]"[code % 2] for code in (2, 3, 20, 21, 34, 35, 104, 105)}
LARGE |= {80: "∑", 88: "∑", 81: "∏", 89: "∏"}


class Reader:
    """Gives the text of one page after the other."""

    def __init__(self) -> None:
        resources = PDFResourceManager()
        self.device = _Device(resources)
        self.interpreter = PDFPageInterpreter(resources, self.device)

    def text(self, page: Any) -> str:
        """Return the text of a page, a line a line; of a bad page what stands before the fault."""
        self.device.glyphs, self.device.rules = [], []
        with contextlib.suppress(Exception):  # whatever a hostile file brings about
            self.interpreter.process_page(page)
        return text(self.device.glyphs, self.device.rules)


class _Device(PDFTextDevice):
    """Takes what is painted; pictures and curves are nothing to it."""

    def __init__(self, resources: PDFResourceManager) -> None:
        super().__init__(resources)
        self.glyphs: list[Glyph] = []
        self.rules: list[Rule] = []

    def render_char(
        self,
        matrix: Any,
        font: Any,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        *_: Any,
    ) -> float:
        """Take a glyph; return by how much the pen moves."""
        advance = float(font.char_width(cid) * fontsize * scaling)
        a, b, c, d, e, f = matrix
        said, tall = _said(font, cid)
        x0, x1 = sorted((e + c * rise, e + c * rise + a * advance))
        y, size = f + d * rise, _size(font, fontsize * (abs(d) or abs(b)))
        if len(self.glyphs) < GLYPHS and size > 0 and all(map(math.isfinite, (x0, x1, y, size))):
            self.glyphs.append(Glyph(said, x0, x1, y, size, tall))
        return advance

    def paint_path(self, *painted: Any) -> None:
        """Take a path, the last of what is given, if it is a thin horizontal line."""
        path = painted[-1]
        if len(path) > SEGMENTS or len(self.rules) >= RULES or self.ctm is None:
            return
        points = [apply_matrix_pt(self.ctm, segment[-2:]) for segment in path if segment[0] in "ml"]
        if len(points) > 1 and len(points) >= len(path) - 1:
            x0, x1 = min(x for x, _ in points), max(x for x, _ in points)
            y0, y1 = min(y for _, y in points), max(y for _, y in points)
            if y1 - y0 < THIN < x1 - x0 and all(map(math.isfinite, (x0, x1, y0, y1))):
                self.rules.append(Rule(x0, x1, (y0 + y1) / 2))


def _said(font: Any, cid: int) -> tuple[str, bool]:
    """Return what a glyph says, and whether it is one of TeX's tall signs."""
    if cid in LARGE and _EXTENSION.search(str(font.fontname)):
        return LARGE[cid], True
    try:
        said: str = font.to_unichr(cid)
    except PDFUnicodeNotDefined:
        return UNKNOWN, False
    return said, False


def _size(font: Any, size: float) -> float:
    """Return the size of a font in points; fonts of pictures have units of their own."""
    if size >= TINY or not isinstance(font, PDFType3Font):
        return size
    height = abs(font.bbox[3] - font.bbox[1]) * abs(font.matrix[3]) * size
    return float(height) or size
