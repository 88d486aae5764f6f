"""What the page shows of the networks, and the words beside it."""

from __future__ import annotations

from grader.model.assignment import Visual

COLOURING = {
    "unit": "percent",
    "figure": "Held-out pixels with the right colour",
    "floor": "always the commonest colour",
    "what": "colours",
    "unseen": "Pictures that your {name} had never seen",
    "input": "grey input",
    "note": (
        "Small pictures of the grader's own with six colours. Each region has a hue, and each of "
        "its pixels is light or dark by chance, so that only a network that sees its input again "
        "at the end can tell which: {end}."
    ),
}


def _colouring(kind: str, name: str, drawn_by: tuple[str, ...], end: str) -> Visual:
    words = {key: text.format(name=name, end=end) for key, text in COLOURING.items()}
    learned_by, anchor = f"training.{kind}_accuracy", f"{kind}.builds"
    return Visual(
        kind, name, drawn_by, (learned_by,), anchor, f"{kind}_accuracy", f"{kind}_majority",
        {"learned": f"your {name}", **words},
    )  # fmt: skip


VISUALS = (
    _colouring(
        "cnn",
        "CNN",
        ("cnn.blocks", "cnn.uses_myconv2d"),
        "the reference's CNN is right about half of the time too",
    ),
    _colouring(
        "unet",
        "UNet",
        ("unet.blocks", "unet.uses_myconv2d", "unet.skip_connections"),
        "this is what the last skip is for",
    ),
    Visual(
        "segment",
        "Part C's network",
        (),
        ("finetune.mean_iou",),
        "finetune.mean_iou",
        "mean_iou",
        "mean_iou_background",
        {
            "learned": "your fine-tuned network",
            "unit": "IoU",
            "figure": "Mean IoU on held-out flowers",
            "floor": "everything called background",
            "what": "mask",
            "unseen": "Flowers that it had never seen",
            "input": "input",
            "note": (
                "Flowers are yellow, background is dark. IoU, intersection over union, is the mean "
                "of both classes; a picture on which everything is called background still gets "
                "about half."
            ),
        },
    ),
)
