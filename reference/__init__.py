"""The reference solution of the assignment; it imports nothing of `grader`.

The networks and the counts are exported here. The training of Parts A and B is in
`reference.training`, that of Part C in `reference.finetune`: both define a `train`.
"""

from reference.cnn import CNN
from reference.conv2d import MyConv2d
from reference.convention import Convention, all_conventions
from reference.counts import Counts, count, polynomials
from reference.polynomial import Polynomial
from reference.unet import UNet

__all__ = [
    "CNN",
    "Convention",
    "Counts",
    "MyConv2d",
    "Polynomial",
    "UNet",
    "all_conventions",
    "count",
    "polynomials",
]
