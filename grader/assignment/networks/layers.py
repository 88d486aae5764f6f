"""What blocks and layers are called where a student reads of them."""

from __future__ import annotations

LAYERS = {
    "pool": "MaxPool", "bn": "BatchNorm", "relu": "ReLU", "up": "Upsample",
    "pool_other": "MaxPool with other settings", "avg_pool2d": "AvgPool",
    "adaptive_avg_pool2d": "AdaptiveAvgPool", "lp_pool2d": "LPPool", "noise": "random noise",
    "up_bilinear": "Upsample (bilinear)", "up_bicubic": "Upsample (bicubic)",
    "up_area": "Upsample (area)", "conv_transpose2d": "ConvTranspose",
    "pixel_shuffle": "PixelShuffle", "dropout": "Dropout", "leaky_relu": "LeakyReLU",
    "relu6": "ReLU6", "prelu": "PReLU", "rrelu": "RReLU", "elu": "ELU", "selu": "SELU",
    "celu": "CELU", "gelu": "GELU", "silu": "SiLU", "mish": "Mish", "sigmoid": "Sigmoid",
    "tanh": "Tanh", "hardtanh": "Hardtanh", "hardswish": "Hardswish", "softplus": "Softplus",
    "softmax": "Softmax", "log_softmax": "LogSoftmax", "instance_norm": "InstanceNorm",
    "layer_norm": "LayerNorm", "group_norm": "GroupNorm", "rms_norm": "RMSNorm",
    "local_response_norm": "LocalResponseNorm", "add": "an addition", "sub": "a subtraction",
    "mul": "a multiplication", "div": "a division", "neg": "a change of sign", "pow": "a power",
    "__getitem__": "an index or slice", "sum": "a sum with another layer's output",
    "concatenation": "a concatenation", "rows_and_columns": "rows and columns exchanged",
    "pad": "padding", "mean": "a mean", "argmax": "argmax",
}  # fmt: skip


def block(number: int) -> str:
    """Return the diagram's name of the block that convolution `number` opens."""
    return "the last convolution" if number == 5 else f"block {number + 1}"


def words(ops: tuple[str, ...], first: str = "MyConv2d") -> str:
    """Return operations as the diagram writes them.

    >>> words(("pool", "bn", "relu"))
    'MyConv2d, MaxPool, BatchNorm, ReLU'
    """
    return ", ".join([first, *map(layer, ops)])


def layer(op: str) -> str:
    """Return an operation as the diagram, or else torch, calls it.

    >>> layer("bn"), layer("up_nearest_other_scale"), layer("hardshrink")
    ('BatchNorm', 'Upsample to another size', 'hardshrink')
    """
    return LAYERS.get(op) or ("Upsample to another size" if op.endswith("_scale") else op)
