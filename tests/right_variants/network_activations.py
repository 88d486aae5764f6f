"""Right networks whose ReLU is written in another way."""

import torch
from network_parts import Layer, right
from torch import nn
from torch.nn import functional as F


class Activating:
    """A network whose ReLU is `act`."""

    def block(self, number, ins, outs, layers):
        own = [Layer(self.act) if isinstance(layer, nn.ReLU) else layer for layer in layers]
        return super().block(number, ins, outs, own)


@right("relu_by_clamp")
class Clamping(Activating):
    def act(self, x):
        return torch.clamp(x, 0, float("inf"))


@right("relu_by_maximum")
class Maximum(Activating):
    def act(self, x):
        return torch.max(x, torch.zeros_like(x))


@right("relu_by_mask", parts=["cnn", "unet"])
class Masking(Activating):
    def act(self, x):
        return x * (x > 0)


@right("relu_by_threshold")
class Threshold(Activating):
    def act(self, x):
        return F.threshold(x, 0, 0)


@right("relu_in_place")
class InPlace(Activating):
    def act(self, x):
        return F.relu_(x)


@right("relu_by_where")
class Where(Activating):
    def act(self, x):
        return torch.where(x > 0, x, 0.0)


@right("relu_by_masked_fill")
class MaskedFill(Activating):
    def act(self, x):
        return x.masked_fill(x < 0, 0)


@right("relu_by_absolute_value")
class AbsoluteValue(Activating):
    def act(self, x):
        return (x + x.abs()) / 2


@right("relu_by_mask_of_numbers")
class MaskOfNumbers(Activating):
    def act(self, x):
        return x * (x > 0).to(x.dtype)


@right("relu_by_leaky_without_slope")
class LeakyWithoutSlope(Activating):
    def act(self, x):
        return F.leaky_relu(x, 0.0)


@right("relu_by_clip")
class Clip(Activating):
    def act(self, x):
        return x.clip(0)


@right("relu_by_clamp_in_place")
class ClampInPlace(Activating):
    def act(self, x):
        return x.clamp_(min=0.0)


@right("relu_by_assignment")
class Assignment(Activating):
    def act(self, x):
        x = x.clone()
        x[x < 0] = 0
        return x


class OwnReLU(torch.autograd.Function):
    """Forward and backward written out."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * (x > 0)


@right("relu_by_own_function")
class OwnFunction(Activating):
    def act(self, x):
        return OwnReLU.apply(x)
