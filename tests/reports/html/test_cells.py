"""A notebook as plain values: bounded, and whatever is left out is said to be."""

import json

from grader.reports.html import cells
from tests import hostile_pages, pages


def read(*outputs, source="x = 1", **cell):
    whole = {"cell_type": "code", "source": source, "outputs": list(outputs), **cell}
    (found,), _ = cells.read(json.dumps({"cells": [whole]}))
    return found


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def shown(**data):
    return {"output_type": "display_data", "data": data, "metadata": {}}


def texts(found):
    return [(output.kind, output.text) for output in found.outputs]


def test_pieces_of_print_are_one_text_without_colours():
    found = read(stream("a\x1b[31m b\x1b[0m\n"), stream(["c\n", "d\n"], "stderr"))
    assert texts(found) == [("text", "a b\nc\nd")]


def test_a_progress_bar_shows_its_end():
    assert texts(read(stream("  0%|\r 50%|\r100%|\ndone\r\n"))) == [("text", "100%|\ndone")]


def test_long_output_is_cut_with_a_note():
    ((_, text),) = texts(read(stream("\n".join(map(str, range(1000))))))
    assert "[... 940 lines are not shown ...]" in text
    assert text.startswith("0\n1\n")
    assert text.endswith("\n999")
    ((_, text),) = texts(read(stream("x" * 100_000)))
    assert "characters are not shown" in text
    assert len(text) < 7_000


def test_the_end_of_a_flood_is_its_own_end():
    ((_, text),) = texts(read(stream("start\n" + "x\n" * 200_000 + "the end")))
    assert text.startswith("start")
    assert text.endswith("the end")


def test_html_is_named_and_its_plain_form_shown():
    found = read(shown(**{"text/html": "<b>1</b>", "text/plain": "1"}))
    assert texts(found) == [
        ("text", "1"),
        ("note", "the output also is HTML, which is not shown; its text form is above"),
    ]
    ((kind, text),) = texts(read(shown(**{"image/svg+xml": "<svg/>"})))
    assert (kind, text) == ("note", "the output also is an SVG drawing, which is not shown")


def test_a_picture_wins_over_the_text_beside_it():
    found = read(shown(**{"image/png": hostile_pages.png(), "text/plain": "<Figure>"}))
    assert [o.kind for o in found.outputs] == ["picture"]


def test_an_error_is_its_traceback():
    error = {
        "output_type": "error",
        "ename": "E",
        "evalue": "v",
        "traceback": ["\x1b[31mE\x1b[0m: v"],
    }
    assert texts(read(error)) == [("error", "E: v")]
    assert texts(read({**error, "traceback": []})) == [("error", "E: v")]


def test_outputs_and_pictures_are_counted(monkeypatch):
    found = read(*[shown(**{"text/plain": str(i)}) for i in range(40)])
    assert len(found.outputs) == cells.MOST_OUTPUTS + 1
    assert found.outputs[-1].text == "10 more outputs are not shown"
    monkeypatch.setattr(cells, "MOST_PICTURES", 2)
    found = read(*[shown(**{"image/png": hostile_pages.png()})] * 4)
    assert [o.kind for o in found.outputs] == ["picture", "picture", "note", "note"]
    assert found.outputs[-1].text == "a picture is not shown: more than 2 in the notebook"


def test_cells_are_counted_and_long_code_is_cut():
    many = [{"cell_type": "code", "source": "1"}] * (cells.MOST_CELLS + 5)
    found, more = cells.read(json.dumps({"cells": many}))
    assert (len(found), more) == (cells.MOST_CELLS, 5)
    long = read(source="x = 1\n" * 20_000)
    assert long.cut
    assert sum(len(run.text) for run in long.code) == cells.MOST_CODE


def test_what_is_no_notebook_has_no_cells():
    for text in ("", "[]", "{", '{"cells": 7}', '{"cells": null}', "[" * 100_000):
        assert cells.read(text) == ((), 0)


def test_a_hostile_notebook_is_read_to_the_end_and_stays_small():
    found, _ = cells.read(hostile_pages.notebook("http://127.0.0.1:9"))
    assert len(found) == 7
    assert len(repr(found)) < 150_000


def test_the_code_is_all_there_with_its_styles():
    found = read(source="%mkdir x\ndef f(a):  # why\n    return 'ü' + 1")
    assert (
        "".join(run.text for run in found.code) == "%mkdir x\ndef f(a):  # why\n    return 'ü' + 1"
    )
    styles = {run.style: run.text for run in found.code}
    assert styles["c"] == "# why"
    assert styles["f"] == "f"
    assert {"k", "s", "m"} <= set(styles)
    assert found.lines == 3


def test_long_code_is_not_highlighted_but_shown():
    found = read(source="y = 2\n" * 5_000)
    assert [run.style for run in found.code] == [""]


def test_a_real_looking_notebook():
    found, _ = cells.read(pages.notebook())
    assert [cell.kind for cell in found] == ["text", "code", "code"]
    assert [(p.kind, "".join(r.text for r in p.runs)) for p in found[0].prose] == [
        ("heading", "Part A"),
        ("item", "one b"),
        ("item", "two"),
    ]
