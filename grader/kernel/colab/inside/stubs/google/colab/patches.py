"""OpenCV's windows, shown below the cell."""

from __future__ import annotations

from typing import Any


def cv2_imshow(a: Any) -> None:
    """Show a picture as OpenCV holds it: blue, green, red."""
    from IPython.display import display
    from PIL import Image

    pixels = a.clip(0, 255).astype("uint8")
    picture = Image.fromarray(pixels[..., ::-1] if pixels.ndim == 3 else pixels)
    display(picture)  # type: ignore[no-untyped-call]
