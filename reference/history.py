"""How a training run went, epoch by epoch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Epoch:
    """One epoch of a training run.

    Attributes:
        number: 1 for the first.
        train_loss: mean of the batches' losses, in nats, while the weights changed.
        valid_loss: cross-entropy a pixel of the validation images afterwards, in nats.
        score: pixel accuracy (Parts A and B) or mean IoU (Part C) on them, from 0 to 1.

    >>> print(Epoch(number=3, train_loss=1.5, valid_loss=1.625, score=0.41))
    epoch 3: training loss 1.500, validation loss 1.625, score 41.0 %
    """

    number: int
    train_loss: float
    valid_loss: float
    score: float

    def __str__(self) -> str:
        return (
            f"epoch {self.number}: training loss {self.train_loss:.3f}, "
            f"validation loss {self.valid_loss:.3f}, score {self.score:.1%}"
        ).replace("%", " %")
