"""Twenty wrong UNets by the commonest slips: what `check(UNet)` says of each, word for word.

    python -m tests.student.test_wrong_unets

writes the gold file anew; read the difference as a tired student would.
"""

# ruff: noqa: E501 - each slip is a line
import contextlib
import linecache
import re
from pathlib import Path

import pytest

from grader.student.live import check_in
from tests.message_gold import FIGURE, INDEX, PERCENT

OWN = re.compile(r"(it raises .*?: .*?) \(.*\)$")
GOLD = Path(__file__).parents[1] / "gold" / "slips" / "unet.txt"
RIGHT = """class MyConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__()
        self.padding = kernel_size // 2 if padding is None else padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        bound = 1 / math.sqrt(in_channels * kernel_size ** 2)
        nn.init.uniform_(self.weight, -bound, bound)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, input):
        return F.conv2d(input, self.weight, self.bias, padding=self.padding)


class UNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        nf, nc = num_filters, num_colours
        self.down1 = nn.Sequential(
            MyConv2d(num_in_channels, nf, kernel),
            nn.MaxPool2d(2), nn.BatchNorm2d(nf), nn.ReLU())
        self.down2 = nn.Sequential(
            MyConv2d(nf, 2 * nf, kernel),
            nn.MaxPool2d(2), nn.BatchNorm2d(2 * nf), nn.ReLU())
        self.rfconv = nn.Sequential(
            MyConv2d(2 * nf, 2 * nf, kernel),
            nn.BatchNorm2d(2 * nf), nn.ReLU())
        self.up1 = nn.Sequential(
            MyConv2d(4 * nf, nf, kernel),
            nn.Upsample(scale_factor=2), nn.BatchNorm2d(nf), nn.ReLU())
        self.up2 = nn.Sequential(
            MyConv2d(2 * nf, nc, kernel),
            nn.Upsample(scale_factor=2), nn.BatchNorm2d(nc), nn.ReLU())
        self.final = MyConv2d(nc + num_in_channels, nc, kernel)

    def forward(self, x):
        one = self.down1(x)
        two = self.down2(one)
        three = self.rfconv(two)
        four = self.up1(torch.cat((three, two), 1))
        five = self.up2(torch.cat((four, one), 1))
        return self.final(torch.cat((five, x), 1))
"""
LAST = "return self.final(torch.cat((five, x), 1))"
# A slip's name, and what is written in place of what: the first place in the text counts.
SLIPS = {
    "no return": [(LAST, LAST.removeprefix("return "))],
    "no cat": [("torch.cat((four, one), 1)", "four")],
    "cat on axis 2": [("torch.cat((three, two), 1)", "torch.cat((three, two), 2)")],
    "cat on axis 0": [("torch.cat((three, two), 1)", "torch.cat((three, two))")],
    "cat without a tuple": [("torch.cat((three, two), 1)", "torch.cat(three, two, 1)")],
    "cat of the wrong block": [("torch.cat((four, one), 1)", "torch.cat((four, two), 1)")],
    "a sum for a cat": [("torch.cat((four, one), 1)", "four + one"), ("MyConv2d(2 * nf, nc", "MyConv2d(nf, nc")],
    "a sum of other widths": [("torch.cat((five, x), 1)", "five + one")],
    "order of arguments": [("MyConv2d(4 * nf, nf, kernel)", "MyConv2d(nf, 4 * nf, kernel)")],
    "arguments of the class": [("kernel, num_filters, num_colours, num_in_channels", "num_filters, kernel, num_colours, num_in_channels")],
    "one argument less": [("MyConv2d(4 * nf, nf, kernel)", "MyConv2d(4 * nf, nf)")],
    "typo in forward": [("self.rfconv(two)", "self.rfcnov(two)")],
    "typo in a name": [("(four, one)", "(four, onee)")],
    "wrong width": [("MyConv2d(4 * nf, nf, kernel)", "MyConv2d(3 * nf, nf, kernel)")],
    "BatchNorm's width": [("MyConv2d(nf, 2 * nf, kernel),\n            nn.MaxPool2d(2), nn.BatchNorm2d(2 * nf)", "MyConv2d(nf, 2 * nf, kernel),\n            nn.MaxPool2d(2), nn.BatchNorm2d(nf)")],
    "no super": [("        super().__init__()\n        nf, nc", "        nf, nc")],
    "one upsampling missing": [("MyConv2d(4 * nf, nf, kernel),\n            nn.Upsample(scale_factor=2), ", "MyConv2d(4 * nf, nf, kernel),\n            ")],
    "one pooling too many": [("nn.BatchNorm2d(2 * nf), nn.ReLU())\n        self.up1", "nn.MaxPool2d(2), nn.BatchNorm2d(2 * nf), nn.ReLU())\n        self.up1")],
    "in_channels of the input forgotten": [("nc + num_in_channels", "nc + 1")],
    "a true division": [("MyConv2d(2 * nf, 2 * nf, kernel)", "MyConv2d(2 * nf, 4 * nf / 2, kernel)")],
    "a layer overwritten": [("three = self.rfconv(two)", "three = self.rfconv = self.rfconv(two)")],
    "in place": [("three = self.rfconv(two)", "three = self.rfconv(two)\n        one *= 2")],
    "a list of layers": [(
        "self.rfconv = nn.Sequential(\n            MyConv2d(2 * nf, 2 * nf, kernel),\n            nn.BatchNorm2d(2 * nf), nn.ReLU())",
        "self.rfconv = [\n            MyConv2d(2 * nf, 2 * nf, kernel),\n            nn.BatchNorm2d(2 * nf), nn.ReLU()]")],
    "a comma too many": [("two = self.down2(one)", "two = self.down2(one),")],
    "ReLU at the end": [(LAST, "return torch.relu(self.final(torch.cat((five, x), 1)))")],
    "a colon missing": [("def forward(self, x):", "def forward(self, x)")],
    "a bracket open": [("four = self.up1(torch.cat((three, two), 1))", "four = self.up1(torch.cat((three, two), 1)")],
}  # fmt: skip


def slipped(changes):
    """Return the notebook's cell with a slip."""
    source = RIGHT
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new, 1)
    return source


def told(source):
    """Return what `check(UNet)` says in a notebook whose second cell is `source`."""
    imports = (
        "import math\nimport torch\nfrom torch import nn\nfrom torch.nn import functional as F"
    )
    names = {"In": ["", imports, source, "check(UNet)"]}
    exec(imports, names)  # noqa: S102 - a notebook's cell
    file = "<ipython-input-2>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    with contextlib.suppress(SyntaxError):
        exec(compile(source, file, "exec"), names)  # noqa: S102 - the cell above
    report = check_in(names, ("unet",), hints=True)
    return "\n".join(masked_torch(line) for line in unwrapped(repr(report)))


def unwrapped(text):
    """Return the lines of a report, each field on one; without the last sentence, of the marks."""
    lines = []
    for line in text.splitlines()[2:]:
        if line.startswith(" " * 12) and lines:
            lines[-1] += f" {line.strip()}"
        elif line.strip() and not line.startswith(
            ("public checks:", "  A2", "  A3", "  A4", "  B")
        ):
            lines.append(line)
    return lines


def masked_torch(line):
    """Return a line without torch's own words and figures, which another version may choose."""
    line = PERCENT.sub("# %", INDEX.sub("at [#]", FIGURE.sub("#", line)))
    return OWN.sub(r"\1 (...)", line)


def recorded():
    """Return what is recorded of each slip."""
    parts = GOLD.read_text("utf-8").split("== ")[1:]
    return {name: text.strip("\n") for name, _, text in (part.partition("\n") for part in parts)}


@pytest.mark.parametrize("name", SLIPS)
def test_what_is_said_of_a_slip(name):
    assert told(slipped(SLIPS[name])) == recorded()[name]


if __name__ == "__main__":
    found = {name: told(slipped(changes)) for name, changes in SLIPS.items()}
    GOLD.write_text("\n".join(f"== {name}\n{text}\n" for name, text in found.items()), "utf-8")
