"""The format of the pieces' files, and notebooks built from them."""

import ast
import textwrap

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from examples.notebook_builder import (
    RIGHT,
    TEMPLATE,
    UNTOUCHED,
    build_notebook,
    notebook_text,
    with_cell,
    with_pictures,
)
from examples.pieces import Piece, assemble, parse, parse_variants

SMALL = textwrap.dedent("""\
    # %% [markdown]
    # -- title
    A title
    # %%
    # -- head
    def f():
        # -- body
        return 1

    # -- tail
    f()
    # %%
    """)


def small_cells(**replacements):
    return [(cell.kind, cell.source) for cell in assemble(parse(SMALL), replacements)]


def test_pieces_keep_indent_and_gap():
    assert parse(SMALL) == [
        "markdown",
        Piece("title", "A title"),
        "code",
        Piece("head", "def f():"),
        Piece("body", "return 1", indent="    ", gap=1),
        Piece("tail", "f()"),
        "code",
    ]


def test_cells_join_their_pieces():
    expected = "def f():\n    return 1\n\nf()"
    assert small_cells() == [("markdown", "A title"), ("code", expected), ("code", "")]


def test_a_replacement_is_indented_like_the_piece():
    cells = small_cells(body="x = 2\nreturn x")
    assert cells[1] == ("code", "def f():\n    x = 2\n    return x\n\nf()")


def test_a_replacement_may_open_cells():
    cells = small_cells(tail="f()\n# %% [markdown]\nNote\n# %%\nf()")
    assert cells[2:] == [("markdown", "Note"), ("code", "f()"), ("code", "")]
    assert cells[1][1].endswith("f()")


def test_a_cell_replaced_by_nothing_is_left_out():
    assert [kind for kind, _ in small_cells(title="")] == ["code", "code"]


def test_an_unknown_piece_is_named_with_those_that_exist():
    with pytest.raises(ValueError, match="no piece is called heda: choose from title, head"):
        small_cells(heda="x")


@pytest.mark.parametrize("read", [parse, parse_variants])
def test_text_without_a_piece_is_refused(read):
    with pytest.raises(ValueError, match="'stray' belongs to no piece"):
        read("stray\n# -- name\ntext\n")


def test_a_variant_that_names_a_piece_twice_is_refused():
    with pytest.raises(ValueError, match="named twice"):
        parse_variants("# -- a\n1\n# -- a\n2\n")


def test_names_of_pieces_are_unique():
    names = [item.name for item in TEMPLATE if isinstance(item, Piece)]
    assert len(names) == len(set(names)) == len(RIGHT) > 50


def test_right_code_parses():
    sources = ["".join(c["source"]) for c in build_notebook()["cells"] if "outputs" in c]
    plain = [TransformerManager().transform_cell(source) for source in sources]
    assert all(isinstance(ast.parse(source), ast.Module) for source in plain)
    assert len(plain) == 26


def test_an_untouched_cnn_takes_my_conv2d_with_it():
    cells = build_notebook(UNTOUCHED)["cells"]
    source = next("".join(c["source"]) for c in cells if "class CNN" in "".join(c["source"]))
    assert "class MyConv2d" in source
    with pytest.raises(SyntaxError):
        ast.parse(source)


@pytest.mark.parametrize("minor", [0, 1])
def test_a_built_notebook_is_valid(minor):
    notebook = nbformat.reads(notebook_text(build_notebook(minor=minor)), as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, minor)


def test_pictures_make_a_notebook_large_and_leave_its_code_alone():
    small = build_notebook()
    large = with_pictures(small, megabytes=1.5)
    assert 1_500_000 <= len(notebook_text(large).encode()) < 1_700_000
    assert notebook_text(small) == notebook_text(build_notebook())

    def code_cells(notebook):
        return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]

    assert code_cells(large) == code_cells(small)
    nbformat.validate(nbformat.from_dict(large))


def test_a_cell_can_be_put_behind_another():
    notebook = build_notebook()
    longer = with_cell(notebook, "class UNet", "import os\nos._exit(1)")
    sources = ["".join(cell["source"]) for cell in longer["cells"]]
    assert len(sources) == len(notebook["cells"]) + 1
    assert "class UNet" in sources[sources.index("import os\nos._exit(1)") - 1]


def test_a_cell_behind_a_text_that_is_nowhere_is_refused():
    with pytest.raises(ValueError, match="no cell holds 'class VNet'"):
        with_cell(build_notebook(), "class VNet", "pass")
