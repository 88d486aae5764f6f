"""The write-up: a PDF that opens, with pages and text; whatever else comes, one line says so."""

import io
import os
import random
import time
import zlib

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pypdf import PdfReader, PdfWriter

from examples.writeup_pdf import pdf
from grader.basics import budget
from grader.handin.writeup import document as writeup
from grader.handin.writeup.document import choose, missing, read

GOOD = pdf(["weights = 9*NF\nsecond line", "page two"])


def test_a_good_write_up():
    found = read(GOOD, "a2-writeup.pdf")
    assert (found.name, found.pages, found.pictures, found.problem) == (
        "a2-writeup.pdf",
        2,
        0,
        None,
    )
    assert found.text.split("\n")[:2] == ["weights = 9*NF", "second line"]
    assert "page two" in found.text


def drawn(text=""):
    """Return a PDF of another program: a picture, and perhaps a line of text."""
    figure = plt.figure()
    figure.figimage(np.zeros((40, 40)))
    figure.text(0.1, 0.5, text)
    out = io.BytesIO()
    figure.savefig(out, format="pdf")
    plt.close(figure)
    return out.getvalue()


def test_pictures_are_counted_and_text_of_other_programs_is_read():
    found = read(drawn("outputs = 1728*NF + 1280*NC"), "x.pdf")
    assert "1728*NF + 1280*NC" in found.text
    assert found.pictures == 1


def test_a_scan_has_no_text():
    found = read(drawn(), "scan.pdf")
    assert found.problem is not None
    assert found.problem.mistake == "writeup_empty"
    assert found.problem.reason == (
        "no text on its pages, of which there are 1 (pictures: 1, so perhaps a scan)"
    )


def locked(data, password):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "mistake", "reason"),
    [
        (b"", "writeup_empty", "the file is empty"),
        (b" \n", "writeup_empty", "the file is empty"),
        (b"PK\x03\x04 a Word file", "writeup_not_pdf", "the file is not a PDF"),
        (b"<html>", "writeup_not_pdf", "the file is not a PDF"),
        (b"%PDF-1.4", "writeup_not_pdf", "it does not open"),
        (GOOD[:300], "writeup_not_pdf", "it does not open"),
        (pdf([""]), "writeup_empty", "no text on its pages, of which there are 1"),
        (pdf([]), "writeup_empty", "no text on its pages, of which there are 0"),
        (locked(GOOD, "secret"), "writeup_not_pdf", "locked by a password"),
    ],
)
def test_what_is_wrong_is_said(data, mistake, reason):
    found = read(data, "a2-writeup.pdf")
    assert found.problem is not None
    assert found.problem.mistake == mistake
    assert reason in found.problem.reason
    assert "\n" not in found.problem.reason


def test_a_pdf_with_an_empty_password_opens():
    assert "weights" in read(locked(GOOD, ""), "x.pdf").text


def with_stream(stream, filters=b""):
    """Return a PDF with one page whose content is `stream`."""
    head = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    head += b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    head += b"3 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>\nendobj\n4 0 obj\n"
    head += b"<< /Length %d %s >>\nstream\n" % (len(stream), filters) + stream
    head += b"\nendstream\nendobj\ntrailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"
    return head


HOSTILE = {
    "a page tree that holds itself": GOOD.replace(b"/Kids [4 0 R", b"/Kids [2 0 R"),
    "a bomb": with_stream(zlib.compress(b"\0" * (64 << 20)), b"/Filter /FlateDecode"),
    "arrays in each other": with_stream(b"[" * 200_000),
    "a dictionary in each other": GOOD.replace(b"/Type /Catalog", b"/A " + b"<< /A " * 20_000),
    "a count of pages": GOOD.replace(b"/Count 2", b"/Count 2000000000"),
    "text forever": with_stream(b"BT (abc) Tj ET\n" * 100_000),
    "blanks behind a sign": with_stream(
        zlib.compress(b"BT /F1 9 Tf (<" + b" " * 100_000 + b") Tj ET"), b"/Filter /FlateDecode"
    ),
    "places beyond the page": GOOD.replace(b"72 720 Td", b"1e999 -1e999 Td 1e308 0 0 1e308 0 0 Tm"),
    "no size": GOOD.replace(b"/F1 10 Tf", b"/F1 0.0 Tf"),
    "rules": with_stream(b"0 0 9 .4 re f\n" * 200_000),
    "surrogates and escapes": pdf(["\x1b[31m red"]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pdf_ends_in_time_with_no_traceback(name, monkeypatch):
    monkeypatch.setattr(writeup, "LIMIT", budget.Limit(4, 1 << 29))
    started = time.process_time()
    found = read(HOSTILE[name], "x.pdf")
    assert time.process_time() - started < 10
    assert len(found.text) <= writeup.CHARACTERS
    assert found.problem is None or "\n" not in found.problem.reason


def test_random_damage_never_raises():
    rng = random.Random(5)
    for _ in range(5):
        data = bytearray(GOOD)
        for _ in range(30):
            data[rng.randrange(20, len(data))] = rng.randrange(256)
        found = read(bytes(data), "x.pdf")
        assert found.problem is not None or found.pages > 0


def spins(*_):
    while True:
        pass


def grows(*_):
    return [bytes(1 << 20) for _ in range(1 << 20)]


def nests(*_):
    return nests()


def fails(*_):
    raise ValueError("in\nlines")


@pytest.mark.parametrize(
    ("reader", "reason"),
    [
        (spins, "it does not open: it needs more than 1 s of processor time"),
        (grows, "it does not open: it needs more than 64 MiB of memory"),
        (nests, "it does not open: it is nested too deeply to be followed"),
        (fails, "it does not open: ValueError: in"),
        (lambda *_: os.abort(), "it does not open: it ends the program that reads it (SIGABRT)"),
    ],
)
def test_a_reader_that_does_not_end_well_is_a_verdict(monkeypatch, reader, reason):
    monkeypatch.setattr(writeup, "LIMIT", budget.Limit(1, 1 << 26))
    monkeypatch.setattr(writeup.pdf_text, "read", reader)
    found = read(GOOD, "x.pdf")
    assert found.problem is not None
    assert (found.problem.mistake, found.problem.reason) == ("writeup_not_pdf", reason)


def test_what_was_read_in_time_is_kept(monkeypatch):
    monkeypatch.setattr(writeup.pdf_text, "SECONDS", -1)
    found = read(GOOD, "x.pdf")
    assert (found.pages, found.text) == (2, "")


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["a2-cnn.ipynb"], None),
        ([], None),
        (["b.pdf", "a2-writeup.pdf"], "a2-writeup.pdf"),
        (["z/A2-Writeup.PDF", "answers.pdf"], "z/A2-Writeup.PDF"),
        (["answers.pdf", "my write-up.pdf"], "my write-up.pdf"),
        (["answers.pdf", "writeup.docx"], "writeup.docx"),
        (["notes.txt", "answers.pdf"], "answers.pdf"),
    ],
)
def test_which_file_is_the_write_up(names, chosen):
    assert choose(names) == chosen


def test_no_write_up():
    found = missing(["a2-cnn.ipynb"])
    assert found.name is None
    assert found.problem is not None
    assert found.problem.reason == "only a2-cnn.ipynb"
