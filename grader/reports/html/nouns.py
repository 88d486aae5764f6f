"""What a page is made of besides the report: plain values, no markup, JSON both ways.

Whatever costs time or reads what a student wrote (pictures, Markdown, code, the trace of a
network) is done once, in the worker, and stored beside the evidence. A page is then only printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FORMAT = 1  # of page.json
FILE = "page.json"  # beside the evidence


@dataclass(frozen=True)
class Picture:
    """A picture that we encoded ourselves: `data` is Base64, `kind` "png" or "jpeg"."""

    data: str
    width: int
    height: int
    kind: str = "png"


@dataclass(frozen=True)
class Sample:
    """One held-out picture: the input, the truth, and both networks' answers.

    The figures are what the captions say: the share of right pixels, or the IoU of a class.
    """

    given: Picture
    truth: Picture
    student: Picture
    reference: Picture
    student_figure: float
    reference_figure: float


@dataclass(frozen=True)
class Learning:
    """What one network learned in the grader's own training.

    `student` and `reference` hold one curve of losses a run; a loss that is not finite is None.
    """

    student: tuple[tuple[float | None, ...], ...]
    reference: tuple[tuple[float | None, ...], ...]
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True)
class CurveBand:
    """Of `count` runs of the reference: the middle 90 % of the losses at each step, the median."""

    low: tuple[float, ...]
    median: tuple[float, ...]
    high: tuple[float, ...]
    count: int


@dataclass(frozen=True)
class Layer:
    """One box of the diagram.

    `mark` is "" for a layer as the diagram has it, else "changed" (other numbers), "extra",
    "moved" (it stands elsewhere in the diagram), "place" (where that is), or "missing".
    """

    name: str
    mark: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Block:
    """One row of the diagram: the layers in the order in which they ran.

    Attributes:
        label: the diagram's name, "block 3"; "an extra block" for one that it does not have.
        number: of the row, from 0; skips name rows by it.
        layers: the convolution first, but for what runs before it.
        skips: what is joined with the previous row's output: numbers of rows, -1 for the input.
        wanted: skips of the diagram that this network does not have.
        joined: "cat" or "add"; "" where nothing is joined.
        departures: numbers, from 1, of the departures that concern this block.
    """

    label: str
    number: int
    layers: tuple[Layer, ...]
    skips: tuple[int, ...] = ()
    wanted: tuple[int, ...] = ()
    joined: str = ""
    departures: tuple[int, ...] = ()


@dataclass(frozen=True)
class Named:
    """A departure from the diagram, numbered as in the drawing."""

    number: int
    mistake: str
    where: str
    expected: str
    actual: str


@dataclass(frozen=True)
class Network:
    """A network as it ran. `proved`: whether its values are those of the operations drawn."""

    name: str
    blocks: tuple[Block, ...]
    departures: tuple[Named, ...] = ()
    proved: bool | None = None
    more: int = 0  # blocks that are not drawn


@dataclass(frozen=True)
class Run:
    """Text in one style: "", "strong", "em", "code", "link", or what `code` calls a token."""

    style: str
    text: str


@dataclass(frozen=True)
class Prose:
    """One piece of a text cell: "text", "heading", "item", "quote", "code", "row", "rule"."""

    kind: str
    runs: tuple[Run, ...] = ()
    level: int = 0
    picture: Picture | None = None


@dataclass(frozen=True)
class Output:
    """One output of a cell: "text", "error", "picture" or "note" (what is left out, and why)."""

    kind: str
    text: str = ""
    picture: Picture | None = None


@dataclass(frozen=True)
class Cell:
    """One cell of the notebook as it ran; `index` counts all cells from 0."""

    index: int
    kind: str  # "code", "text", or "raw"
    code: tuple[Run, ...] = ()
    prose: tuple[Prose, ...] = ()
    outputs: tuple[Output, ...] = ()
    lines: int = 0
    cut: bool = False  # there is more of it than is shown
    name: str = ""  # as people see it: its place, Jupyter's number, its first line


@dataclass(frozen=True)
class Parts:
    """Everything of a page that is not in the report. All of it is bounded."""

    networks: dict[str, Network] = field(default_factory=dict)  # by a visual's kind
    learning: dict[str, Learning] = field(default_factory=dict)  # likewise
    cells: tuple[Cell, ...] = ()
    more_cells: int = 0  # that are not shown
    places: dict[str, int] = field(default_factory=dict)  # what is where, by cell
    format: int = FORMAT

    @property
    def shown(self) -> frozenset[int]:
        """Return the cells that are on the page: those that are not empty."""
        return frozenset(
            cell.index for cell in self.cells if cell.kind == "text" or cell.lines or cell.outputs
        )
