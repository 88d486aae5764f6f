"""`scipy.misc` as notebooks of 2020 know it: pictures in and out, by Pillow."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image
from scipy.special import comb, factorial, logsumexp  # noqa: F401 - they were here too

MODES = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "cubic": 3}


def bytescale(
    data: Any, cmin: float | None = None, cmax: float | None = None, high: int = 255, low: int = 0
) -> Any:
    """Return numbers stretched to bytes, from their smallest to their largest."""
    array = np.asarray(data)
    if array.dtype == np.uint8:
        return array
    least = float(array.min()) if cmin is None else cmin
    span = (float(array.max()) if cmax is None else cmax) - least
    scaled = (array - least) * ((high - low) / (span or 1.0)) + low
    return (scaled.clip(low, high) + 0.5).astype(np.uint8)


def toimage(arr: Any, high: int = 255, low: int = 0, **options: Any) -> Image.Image:
    """Return an array (height, width), or with 3 or 4 channels first or last, as a picture."""
    array = np.asarray(arr)
    if array.ndim == 3 and array.shape[2] not in (3, 4):
        axis = next((i for i in range(3) if array.shape[i] in (3, 4)), None)
        if axis is None:
            raise ValueError("Could not find channel dimension.")
        array = np.moveaxis(array, axis, 2)
    limits = {name: options.get(name) for name in ("cmin", "cmax")}
    picture = Image.fromarray(bytescale(array, high=high, low=low, **limits))
    return picture.convert(options["mode"]) if options.get("mode") else picture


def fromimage(im: Image.Image, flatten: bool = False, mode: str | None = None) -> Any:
    """Return a picture as an array; one with a palette in its colours."""
    shown = im.convert(mode or ("RGB" if im.mode == "P" else im.mode))
    return np.array(shown.convert("F") if flatten else shown)


def imsave(name: Any, arr: Any, format: str | None = None) -> None:  # noqa: A002
    """Write an array as a picture."""
    toimage(arr).save(name, format)


def imread(name: Any, flatten: bool = False, mode: str | None = None) -> Any:
    """Return a picture as an array, as grey numbers if `flatten`."""
    with Image.open(name) as picture:
        return fromimage(picture, flatten, mode)


def imresize(arr: Any, size: Any, interp: str = "bilinear", mode: str | None = None) -> Any:
    """Return a picture in another size: percent, a fraction, or (height, width)."""
    picture = toimage(arr, mode=mode)
    if isinstance(size, (int, np.integer)):
        size = float(size) / 100
    if isinstance(size, (float, np.floating)):
        wide, high = picture.size
        wanted = (max(1, int(wide * size)), max(1, int(high * size)))
    else:
        wanted = (int(size[1]), int(size[0]))
    return np.array(picture.resize(wanted, Image.Resampling(MODES[interp])))


def imrotate(arr: Any, angle: float, interp: str = "bilinear") -> Any:
    """Return a picture turned by degrees, against the clock."""
    return np.array(toimage(arr).rotate(angle, Image.Resampling(MODES[interp])))


def imshow(arr: Any) -> None:
    """Show nothing: there is no screen."""
