"""Pictures as a page may carry them: decoded and encoded anew by us, within limits.

A picture of a student's is data of a stranger's. Only the pixels of the first frame survive: no
comments, no profiles, no trailing bytes, nothing that is not PNG, JPEG or GIF.
"""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from typing import Any

import numpy as np
from PIL import Image

from grader.reports.html.nouns import Picture

Array = np.ndarray[Any, Any]
FORMATS = ("PNG", "JPEG", "GIF")
MAX_BYTES = 6 << 20  # as they came, decoded from Base64
MAX_PIXELS = 12_000_000
MAX_WIDTH, MAX_HEIGHT = 900, 1200  # as they are shown
FLAT = 0.12  # bytes a pixel of a JPEG, below which a picture is a plot and no photograph
SMALL = 4_000  # bytes


class NotShown(Exception):
    """A picture that is left out; the message says why in a few words."""


def foreign(text: str) -> Picture:
    """Return a picture of a student's, from Base64, encoded anew. Raises NotShown."""
    if len(text) > MAX_BYTES * 4 // 3 + 1024:
        raise NotShown(f"larger than {MAX_BYTES >> 20} MiB")
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise NotShown("not a picture") from None
    return encoded(_decoded(data))


def _decoded(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size is looked at here, before any pixel
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _bounded(*image.size)
                image.draft("RGB", (MAX_WIDTH, MAX_HEIGHT))
                image.load()
                return _flat(image)
    except NotShown:
        raise
    except Exception as error:  # noqa: BLE001 - a decoder of strangers' bytes raises what it likes
        raise NotShown(f"not a picture that can be read ({type(error).__name__})") from None


def _bounded(width: int, height: int) -> None:
    if not 0 < width * height <= MAX_PIXELS:
        raise NotShown(f"{width}×{height} pixels are too many")


def _flat(image: Image.Image) -> Image.Image:
    """Return RGB on white: what is transparent must not depend on the page's colours."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        over = image.convert("RGBA")
        under = Image.new("RGBA", over.size, "white")
        return Image.alpha_composite(under, over).convert("RGB")
    if image.mode.startswith(("I", "F")):  # of more than 8 bits: Pillow would only cut them off
        values = np.asarray(image, dtype=np.float64)
        top = float(values.max(initial=1.0))
        return Image.fromarray(np.clip(values * 255 / top, 0, 255).astype(np.uint8)).convert("RGB")
    return image.convert("RGB")


def encoded(image: Image.Image) -> Picture:
    """Return an RGB image as a page carries it: made smaller if need be, plots as PNG."""
    if image.width > MAX_WIDTH or image.height > MAX_HEIGHT:
        image.thumbnail((MAX_WIDTH, MAX_HEIGHT), Image.Resampling.LANCZOS)
    data = _saved(image, "JPEG", quality=85)
    flat = len(data) < FLAT * image.width * image.height or len(data) < SMALL
    if flat:  # lines and letters: sharp, and hardly larger
        data = _saved(image, "PNG")
    return _picture(data, image.size, "png" if flat else "jpeg")


def grey(values: Array) -> Picture:
    """Return numbers (H, W) from 0 to 1 as a grey picture."""
    image = Image.fromarray(np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8))
    return _picture(_saved(image, "PNG"), image.size, "png")


def colours(values: Array) -> Picture:
    """Return numbers (3, H, W) from 0 to 1 as a picture in colour."""
    pixels = np.rint(np.clip(values, 0, 1).transpose(1, 2, 0) * 255).astype(np.uint8)
    return encoded(Image.fromarray(pixels))


def classes(ids: Array, palette: Array) -> Picture:
    """Return class ids (H, W) in the colours of a palette (N, 3)."""
    image = Image.fromarray(np.minimum(ids, len(palette) - 1).astype(np.uint8)).convert("P")
    image.putpalette([int(v) for v in palette.ravel()])
    return _picture(_saved(image, "PNG"), image.size, "png")


def _saved(image: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def _picture(data: bytes, size: tuple[int, int], kind: str) -> Picture:
    return Picture(base64.b64encode(data).decode(), *size, kind)
