"""Pictures of strangers: decoded and encoded anew, within limits."""

import base64
import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from grader.reports.html import pictures

SECRET = b"<script>alert(1)</script>"


def encoded(image, form="PNG", **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return base64.b64encode(file.getvalue()).decode()


def decoded(picture):
    data = base64.b64decode(picture.data)
    return data, Image.open(io.BytesIO(data))


def test_pixels_survive_and_everything_else_does_not():
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET.decode())
    image = Image.new("RGB", (5, 4), (10, 20, 30))
    data, shown = decoded(pictures.foreign(encoded(image, pnginfo=info)))
    assert shown.size == (5, 4)
    assert shown.convert("RGB").getpixel((2, 2)) == (10, 20, 30)
    assert SECRET not in data
    trailing = base64.b64encode(base64.b64decode(encoded(image)) + SECRET).decode()
    assert SECRET not in decoded(pictures.foreign(trailing))[0]


def test_line_breaks_within_base64_do_not_matter():
    text = encoded(Image.new("RGB", (5, 4)))
    assert pictures.foreign(text[:20] + "\n" + text[20:] + "\n").width == 5


def test_a_large_picture_is_made_smaller():
    picture = pictures.foreign(encoded(Image.new("RGB", (2700, 300), "white")))
    assert (picture.width, picture.height) == (900, 100)


def test_a_photograph_becomes_a_jpeg_and_a_plot_stays_sharp():
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    assert pictures.encoded(Image.fromarray(noise)).kind == "jpeg"
    assert pictures.encoded(Image.new("RGB", (400, 300), "white")).kind == "png"


def test_what_is_transparent_is_on_white_whatever_the_scheme():
    image = Image.new("RGBA", (3, 3), (0, 0, 0, 0))
    _, shown = decoded(pictures.foreign(encoded(image)))
    assert shown.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "I;16", "CMYK"])
def test_every_mode_can_be_shown(mode):
    form = "JPEG" if mode == "CMYK" else "PNG"
    source = Image.new("RGB", (4, 4), "red").convert("L") if mode in ("I;16", "LA", "PA") else None
    image = (source or Image.new("RGB", (4, 4), "red")).convert("L" if mode == "I;16" else mode)
    image = image.convert("I").convert("I;16") if mode == "I;16" else image
    if mode == "PA":
        image = image.convert("RGBA")
    assert pictures.foreign(encoded(image, form)).width == 4


def bomb(width, height):
    """Return a PNG that claims to be of a size that nobody can hold."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(b"\x00" * 100_000))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + head + rows + chunk(b"IEND", b"")).decode()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (bomb(60_000, 60_000), "60000×60000 pixels are too many|DecompressionBombError"),
        (bomb(5_000, 3_000), "5000×3000 pixels are too many"),
        ("", "not a picture"),
        ("%%%", "not a picture"),
        (base64.b64encode(b"<svg onload=alert(1)>").decode(), "not a picture"),
        (base64.b64encode(b"GIF89a").decode(), "not a picture"),
        ("A" * (9 << 20), "larger than 6 MiB"),
    ],
)
def test_what_cannot_be_shown_says_why(text, why):
    with pytest.raises(pictures.NotShown, match=why):
        pictures.foreign(text)


def test_formats_of_other_decoders_are_not_tried():
    tiff = encoded(Image.new("RGB", (4, 4)), "TIFF")
    with pytest.raises(pictures.NotShown, match="not a picture that can be read"):
        pictures.foreign(tiff)


def test_class_ids_get_their_colours():
    palette = np.array([[1, 2, 3], [200, 100, 50]], dtype=np.uint8)
    _, shown = decoded(pictures.classes(np.array([[0, 1], [9, 0]]), palette))
    rgb = shown.convert("RGB")
    assert [rgb.getpixel(p) for p in ((0, 0), (1, 0), (0, 1))] == [
        (1, 2, 3),
        (200, 100, 50),
        (200, 100, 50),
    ]


def test_numbers_become_grey_and_colour():
    _, shown = decoded(pictures.grey(np.array([[0.0, 1.0, 2.0]])))
    assert [shown.getpixel((i, 0)) for i in range(3)] == [0, 255, 255]
    _, shown = decoded(pictures.colours(np.ones((3, 2, 5))))
    assert shown.size == (5, 2)
