"""MyConv2d classes with a sin in forward: gradients, padding, the input, its dtype and batch."""

import torch
from conv_layers import Parts
from torch.nn import functional as F

from grader.proving.cases import mutant

SHAPE = ["conv2d.output_shape"]
VALUES = ["conv2d.values"]
GRADIENTS = ["conv2d.gradients"]
INPUT = ["conv2d.input_untouched"]
DTYPE = ["conv2d.dtype"]


@mutant("weight_detached", part="conv2d", caught_by=GRADIENTS)
class WeightDetached(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight.detach(), self.bias, padding=self.padding)


@mutant("weight_detached", part="conv2d", caught_by=GRADIENTS, name="parameters_detached")
class ParametersDetached(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight.data, self.bias.data, padding=self.padding)


@mutant("bias_detached", part="conv2d", caught_by=GRADIENTS)
class BiasDetached(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias.data, padding=self.padding)


@mutant("input_detached", part="conv2d", caught_by=GRADIENTS)
class InputDetached(Parts):
    def forward(self, x):
        return super().forward(x.data)


@mutant(["weight_detached", "input_detached"], part="conv2d", caught_by=GRADIENTS)
class NoGrad(Parts):
    @torch.no_grad()
    def forward(self, x):
        return super().forward(x)


# Padding and stride


@mutant("padding_ignored", part="conv2d", caught_by=SHAPE)
class PaddingIgnored(Parts):
    def pad(self, padding, kernel_size):
        return 0


@mutant("padding_ignored", part="conv2d", caught_by=SHAPE, name="padding_ignored_same")
class PaddingIgnoredSame(Parts):
    def pad(self, padding, kernel_size):
        return kernel_size // 2


@mutant("padding_default_zero", part="conv2d", caught_by=SHAPE)
class PaddingDefaultZero(Parts):
    def pad(self, padding, kernel_size):
        return padding or 0


@mutant("padding_always_same", part="conv2d", caught_by=SHAPE)
class PaddingAlwaysSame(Parts):
    def pad(self, padding, kernel_size):
        return padding or kernel_size // 2


@mutant("stride_two", part="conv2d", caught_by=SHAPE)
class StrideTwo(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, stride=2, padding=self.padding)


@mutant("input_overwritten", part="conv2d", caught_by=INPUT)
class InputOverwritten(Parts):
    def forward(self, x):
        out = super().forward(x.clone())
        x.relu_()
        return out


@mutant("input_overwritten", part="conv2d", caught_by=INPUT + VALUES, name="input_scaled_in_place")
class InputScaledInPlace(Parts):
    def forward(self, x):
        x -= x.mean()
        return super().forward(x)


@mutant(
    "input_overwritten", part="conv2d", caught_by=INPUT + GRADIENTS, name="input_needed_in_backward"
)
class InputNeededInBackward(Parts):
    def forward(self, x):
        out = super().forward(x)
        x.zero_()
        return out


@mutant("wrong_dtype", part="conv2d", caught_by=DTYPE)
class WrongDtype(Parts):
    def forward(self, x):
        n, _, height, width = x.shape
        p = self.padding
        padded = torch.zeros(n, x.shape[1], height + 2 * p, width + 2 * p)
        padded[:, :, p : p + height, p : p + width] = x
        return F.conv2d(padded, self.weight, self.bias)


@mutant("wrong_dtype", part="conv2d", caught_by=DTYPE, name="casts_to_float32")
class CastsToFloat32(Parts):
    def forward(self, x):
        weight, bias = self.weight.float(), self.bias.float()
        return F.conv2d(x.float(), weight, bias, padding=self.padding)


@mutant("wrong_dtype", part="conv2d", caught_by=DTYPE, name="built_in_float64")
class BuiltInFloat64(Parts):
    def start(self, shape, bound):
        return super().start(shape, bound).double()


@mutant("fixed_batch", part="conv2d", caught_by=SHAPE)
class FixedBatch(Parts):
    def forward(self, x):
        return super().forward(x) + torch.zeros(100, 1, 1, 1, dtype=x.dtype)


@mutant("fixed_batch", part="conv2d", caught_by=SHAPE, name="one_image_only")
class OneImageOnly(Parts):
    def forward(self, x):
        return super().forward(x[0])[None]


@mutant("fixed_batch", part="conv2d", caught_by=SHAPE, name="batch_of_the_first_call")
class BatchOfTheFirstCall(Parts):
    def forward(self, x):
        out = super().forward(x)
        if not hasattr(self, "mask"):
            self.mask = torch.ones_like(out)
        return out * self.mask
