"""The pictures that the questions ask for, as Matplotlib figures; no display is needed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from reference.history import Epoch


def learning_curve(history: Sequence[Epoch], score: str) -> Figure:
    """Return both losses, and the score under its name, against the number of epochs."""
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    losses, scores = figure.subplots(1, 2)
    epochs = [epoch.number for epoch in history]
    losses.plot(epochs, [epoch.train_loss for epoch in history], "o-", label="training")
    losses.plot(epochs, [epoch.valid_loss for epoch in history], "o-", label="validation")
    losses.set(xlabel="epoch", ylabel="cross-entropy (nats)")
    losses.legend()
    scores.plot(epochs, [100 * epoch.score for epoch in history], "o-")
    scores.set(xlabel="epoch", ylabel=f"{score} (%)")
    return figure


def gallery(rows: Mapping[str, Tensor], columns: int = 8) -> Figure:
    """Return rows of pictures under each other, each row with its title.

    Args:
        rows: title to pictures: colours of shape (N, 3, H, W), greys (N, 1, H, W) or masks
            (N, H, W); values from 0 to 1.
        columns: the most pictures of a row that are shown.

    Raises:
        ValueError: no row, or a row without a picture.
    """
    shown = min((len(pictures) for pictures in rows.values()), default=0)
    if not shown:
        raise ValueError(f"rows {list(rows)}, but each should have a picture at least")
    columns = min(columns, shown)
    figure = Figure(figsize=(1.2 * columns, 1.4 * len(rows)), layout="constrained")
    axes = figure.subplots(len(rows), columns, squeeze=False)
    for line, (title, pictures) in zip(axes, rows.items(), strict=True):
        line[0].set_title(title, loc="left", fontsize="small")
        for axis, picture in zip(line, pictures, strict=False):
            _show(axis, picture)
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write `figure` to `path`, in the format of its suffix; make the folder if needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _show(axis: Axes, picture: Tensor) -> None:
    pixels = picture.detach().float().cpu()
    if pixels.dim() == 3:
        pixels = pixels.movedim(0, -1).squeeze(-1)
    axis.imshow(pixels.clamp(0, 1).numpy(), cmap="gray", vmin=0, vmax=1)
    axis.set_axis_off()
