"""Small pictures drawn and encoded with integers only, so that every machine gives the same bytes.

PNG data is stored, not compressed: compressors differ between zlib's builds.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator, Sequence

Pixels = list[list[int]]
"""Rows of palette indices."""

WHITE, BLACK, RED, GREEN = (255, 255, 255), (0, 0, 0), (220, 40, 40), (40, 150, 60)
_CURVE_PALETTE = (WHITE, BLACK, RED, GREEN)
_BLOCK = 65535  # longest stored block of the deflate format
_TILE = 32


def random_integers(seed: int, bound: int) -> Iterator[int]:
    """An endless stream of integers below `bound` from a linear congruential generator."""
    state = seed * 2654435761 + 12345
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield (state >> 33) % bound


def png(pixels: Pixels, palette: Sequence[tuple[int, int, int]], depth: int = 8) -> bytes:
    """Encode palette indices as a PNG file.

    Args:
        pixels: height rows of width indices; width times depth must fill whole bytes.
        palette: at most 2**depth colours, 0 to 255 a channel.
        depth: bits a pixel, one of 1, 2, 4, 8.
    """
    height, width = len(pixels), len(pixels[0])
    rows = b"".join(b"\0" + _packed(row, depth) for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, depth, 3, 0, 0, 0)
    colours = bytes(channel for colour in palette for channel in colour)
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", _stored(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def curve(*series: Sequence[float], width: int = 240, height: int = 144) -> bytes:
    """A plot of one or two series in a frame, as a PNG file."""
    pixels = [[0] * width for _ in range(height)]
    _frame(pixels)
    top, bottom = max(map(max, series)), min(map(min, series))
    for colour, values in enumerate(series, start=2):
        for index, value in enumerate(values):
            x = 12 + index * (width - 24) // max(1, len(values) - 1)
            y = 12 + int((top - value) * (height - 24) / ((top - bottom) or 1))
            _dot(pixels, x, y, colour)
    return png(pixels, _CURVE_PALETTE, depth=2)


def horses(seed: int, columns: int = 10, rows: int = 3, depth: int = 4) -> bytes:
    """A grid of noisy little horses on grass, the first row grey, as a PNG file."""
    pixels = [[0] * (columns * _TILE) for _ in range(rows * _TILE)]
    for row in range(rows):
        for column in range(columns):
            _horse(pixels, row, column, seed * columns + column)
    greys = [(shade, shade, shade) for shade in (200, 180, 120, 100, 60, 50, 80, 70)]
    sky, grass, coat = [(150, 190, 230), (135, 175, 220)], [(90, 140, 60), (80, 125, 50)], (96, 58)
    colours = [*sky, *grass, *((c, c * 2 // 3, c // 3) for c in coat), (60, 40, 20), (50, 30, 15)]
    return png(pixels, [*greys, *colours], depth)


def data_address(picture: bytes) -> str:
    """The picture as an address that a text cell can show."""
    return "data:image/png;base64," + base64.b64encode(picture).decode("ascii")


def _packed(row: Sequence[int], depth: int) -> bytes:
    each = 8 // depth
    return bytes(
        sum(index << depth * (each - 1 - place) for place, index in enumerate(row[i : i + each]))
        for i in range(0, len(row), each)
    )


def _stored(data: bytes) -> bytes:
    """A zlib stream of uncompressed blocks."""
    stream = b"\x78\x01"
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        last = start + _BLOCK >= len(data)
        stream += struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block
    return stream + struct.pack(">I", zlib.adler32(data))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _frame(pixels: Pixels) -> None:
    height, width = len(pixels), len(pixels[0])
    for x in range(6, width - 6):
        pixels[6][x] = pixels[height - 7][x] = 1
    for y in range(6, height - 6):
        pixels[y][6] = pixels[y][width - 7] = 1


def _dot(pixels: Pixels, x: int, y: int, colour: int) -> None:
    for row in pixels[y - 1 : y + 2]:
        row[x - 1 : x + 2] = [colour] * 3


def _horse(pixels: Pixels, row: int, column: int, seed: int) -> None:
    """Draw one tile: sky over grass, an oval body, two legs, all with a little noise."""
    noise = random_integers(seed, 2)
    offset = 0 if row == 0 else 8
    horizon, body = 8 + seed % 7, 14 + seed % 5
    for y in range(_TILE):
        for x in range(_TILE):
            oval = (x - 16) ** 2 * 4 + (y - body) ** 2 * 9 < 420
            leg = body <= y < body + 12 and x in (9, 10, 21, 22)
            kind = 4 if oval else 6 if leg else 0 if y < horizon else 2
            pixels[row * _TILE + y][column * _TILE + x] = offset + kind + next(noise)
