"""Right networks in other words of torch's: other dtypes, wrappers."""

import torch
from network_parts import right
from torch import nn
from torch.utils.checkpoint import checkpoint


@right("scores_in_float32", parts=("cnn", "unet"))
class ScoresInFloat32:
    def forward(self, x):
        return super().forward(x).float()


@right("autocast_in_forward")
class Autocast:
    def forward(self, x):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return super().forward(x)


@right("default_dtype_changed", parts=("cnn",))
class DefaultDtype:
    def __init__(self, *args):
        torch.set_default_dtype(torch.float64)
        super().__init__(*args)


@right("checkpointed_block")
class Checkpointed:
    def forward(self, x):
        return checkpoint(super().forward, x, use_reentrant=False)


@right("data_parallel_blocks")
class DataParallelBlocks:
    def block(self, number, ins, outs, layers):
        return nn.DataParallel(super().block(number, ins, outs, layers))


@right("channels_last_memory")
class ChannelsLastMemory:
    def __init__(self, *args):
        super().__init__(*args)
        self.to(memory_format=torch.channels_last)

    def forward(self, x):
        return super().forward(x.to(memory_format=torch.channels_last))
