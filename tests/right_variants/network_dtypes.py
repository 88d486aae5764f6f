"""Right networks in other words of torch's: other dtypes, wrappers."""

import torch
from network_parts import right
from torch import nn
from torch.utils.checkpoint import checkpoint


@right("scores_in_float32", parts=("cnn", "unet"))
class ScoresInFloat32:
    def forward(self, x):
        return super().forward(x).float()


class Whole:
    """A network whole in another dtype, as it casts its input itself."""

    dtype = torch.float64

    def __init__(self, *args):
        super().__init__(*args)
        self.to(self.dtype)

    def forward(self, x):
        return super().forward(x.to(self.dtype))


@right("whole_in_double", parts=("cnn", "unet"))
class WholeInDouble(Whole):
    pass


@right("whole_in_half")
class WholeInHalf(Whole):
    dtype = torch.float16


@right("whole_in_bfloat16", parts=("cnn",))
class WholeInBfloat16(Whole):
    dtype = torch.bfloat16


@right("half_inside_float_outside", parts=("cnn",))
class HalfInside(Whole):
    dtype = torch.float16

    def forward(self, x):
        return super().forward(x).float()


@right("half_for_whoever_casts", parts=("cnn",))
class HalfOutside:
    def __init__(self, *args):
        super().__init__(*args)
        self.half()


@right("last_layer_in_double")
class LastInDouble:
    def __init__(self, *args):
        super().__init__(*args)
        self.last.double()

    def join(self, number, main, skip):
        joined = super().join(number, main, skip)
        return joined.double() if number == 6 else joined


@right("one_block_in_half", parts=("cnn",))
class OneBlockInHalf:
    def __init__(self, *args):
        super().__init__(*args)
        self.block3.half()

    def forward(self, x):
        y = self.block3(self.block2(self.block1(x)).half()).float()
        return self.last(self.block5(self.block4(y)))


@right("dtype_of_the_input")
class DtypeOfTheInput:
    def forward(self, x):
        self.to(x.dtype)
        return super().forward(x)


@right("autocast_and_back")
class AutocastAndBack:
    def forward(self, x):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = super().forward(x)
        return scores.float()


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
