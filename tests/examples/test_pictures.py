"""The picture and PDF writers, read back by others' readers where there is one."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from examples.pictures import curve, horses, png, random_integers
from examples.writeup_pdf import pdf

PALETTE = [(0, 0, 0), (255, 255, 255), (10, 20, 30), (200, 100, 50)]


@pytest.mark.parametrize("depth", [2, 4, 8])
def test_png_reads_back(depth):
    stream = random_integers(seed=1, bound=4)
    # more than one stored block (65,535 bytes) at 8 bits
    pixels = [[next(stream) for _ in range(320)] for _ in range(240)]
    image = Image.open(io.BytesIO(png(pixels, PALETTE, depth)))
    image.verify()
    image = Image.open(io.BytesIO(png(pixels, PALETTE, depth))).convert("RGB")
    expected = np.array(PALETTE)[np.array(pixels)]
    np.testing.assert_array_equal(np.array(image), expected)


@pytest.mark.parametrize("picture", [curve([3.0, 2.0, 1.5]), curve([1.0]), horses(seed=3)])
def test_drawings_have_several_colours(picture):
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    assert len(image.getcolors(maxcolors=256)) >= 3


def test_curve_falls_when_its_values_fall():
    image = np.array(Image.open(io.BytesIO(curve([4.0, 3.0, 2.0, 1.0]))).convert("RGB"))
    rows, columns = np.nonzero((image == [220, 40, 40]).all(axis=2))
    assert np.corrcoef(columns, rows)[0, 1] > 0.99  # row 0 is the top


def test_horses_differ_by_seed_and_repeat():
    assert horses(1) == horses(1) != horses(2)


def test_pdf_table_points_at_its_objects():
    data = pdf(["first page", "second (page) \\ é"])
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", data)[1])
    assert data[start:].startswith(b"xref\n0 8\n")
    entries = re.findall(rb"(\d{10}) 00000 n \n", data[start:])
    assert len(entries) == 7
    for number, offset in enumerate(entries, start=1):
        assert data[int(offset) :].startswith(b"%d 0 obj\n" % number)


def test_pdf_streams_have_the_length_they_claim():
    pattern = rb"/Length (\d+) >>\nstream\n((?s:.*?))\nendstream"
    found = re.findall(pattern, pdf(["a\nb", "c"]))
    assert len(found) == 2
    assert all(int(length) == len(content) for length, content in found)


def test_pdf_escapes_brackets_and_has_no_dates():
    data = pdf(["f(x) = a\\b"])
    assert rb"(f\(x\) = a\\b) Tj" in data
    assert b"Date" not in data


def test_pdf_refuses_what_its_font_lacks():
    with pytest.raises(UnicodeEncodeError):
        pdf(["漢字"])
