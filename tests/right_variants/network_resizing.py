"""Right networks that pool or upsample in another way than by a layer of torch."""

import itertools

import torch
from network_parts import Layer, right
from torch import nn
from torch.nn import functional as F


class Upsampling:
    """A network whose upsampling is `resize`."""

    def up(self, width):
        return [Layer(self.resize), self.norm(width), nn.ReLU()]


@right("upsample_by_size")
class BySize(Upsampling):
    def resize(self, x):
        return F.interpolate(x, size=[2 * n for n in x.shape[-2:]])


@right("upsample_function")
class ByOldFunction(Upsampling):
    def resize(self, x):
        return F.upsample(x, scale_factor=2)  # deprecated, and it says so


@right("upsample_nearest_exact")
class NearestExact(Upsampling):
    def resize(self, x):
        return F.interpolate(x, scale_factor=2, mode="nearest-exact")


@right("upsample_by_repeating", parts=["cnn", "unet"])
class Repeating(Upsampling):
    def resize(self, x):
        return x.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)


@right("upsample_by_expanding")
class Expanding(Upsampling):
    def resize(self, x):
        n, c, height, width = x.shape
        wide = x[:, :, :, None, :, None].expand(n, c, height, 2, width, 2)
        return wide.reshape(n, c, 2 * height, 2 * width)


@right("upsample_by_index")
class Indexing(Upsampling):
    def resize(self, x):
        rows, columns = (torch.arange(2 * n) // 2 for n in x.shape[2:])
        return x[:, :, rows][:, :, :, columns]


@right("upsample_by_kron")
class Kronecker(Upsampling):
    def resize(self, x):
        return torch.kron(x, torch.ones(1, 1, 2, 2))


@right("upsample_by_assignment")
class Assigning(Upsampling):
    def resize(self, x):
        n, c, height, width = x.shape
        out = torch.zeros(n, c, 2 * height, 2 * width, dtype=x.dtype)
        for i, j in itertools.product(range(2), repeat=2):
            out[:, :, i::2, j::2] = x
        return out


class Pooling:
    """A network whose pooling is `resize`."""

    def down(self, width):
        return [Layer(self.resize), self.norm(width), nn.ReLU()]


@right("pool_adaptive")
class Adaptive(Pooling):
    def resize(self, x):
        return F.adaptive_max_pool2d(x, (x.shape[2] // 2, x.shape[3] // 2))


@right("pool_with_indices")
class WithIndices(Pooling):
    def resize(self, x):
        largest, _ = F.max_pool2d(x, 2, return_indices=True)
        return largest


@right("pool_by_reshaping", parts=["cnn", "unet"])
class Reshaping(Pooling):
    def resize(self, x):
        n, c, height, width = x.shape
        return x.view(n, c, height // 2, 2, width // 2, 2).amax(dim=(3, 5))


@right("pool_with_ceiling")
class Ceiling(Pooling):
    def resize(self, x):
        return F.max_pool2d(x, 2, ceil_mode=True)


@right("upsample_nearest_layer")
class NearestLayer:
    def up(self, width):
        return [nn.UpsamplingNearest2d(scale_factor=2), self.norm(width), nn.ReLU()]


@right("upsample_nearest_function")
class NearestFunction(Upsampling):
    def resize(self, x):
        return F.upsample_nearest(x, scale_factor=2)  # deprecated, and it says so


@right("upsample_by_stacking")
class Stacking(Upsampling):
    def resize(self, x):
        x = torch.stack([x, x], dim=4).flatten(3)
        return torch.stack([x, x], dim=3).flatten(2, 3)


@right("upsample_by_repeating_views")
class RepeatingViews(Upsampling):
    def resize(self, x):
        n, c, height, width = x.shape
        x = x.unsqueeze(-1).repeat(1, 1, 1, 1, 2).view(n, c, height, 2 * width)
        return x.unsqueeze(3).repeat(1, 1, 1, 2, 1).reshape(n, c, 2 * height, 2 * width)


@right("upsample_pixel_by_pixel")
class PixelByPixel(Upsampling):
    """Far more operations than a trace keeps."""

    def resize(self, x):
        n, c, height, width = x.shape
        out = torch.zeros(n, c, 2 * height, 2 * width, dtype=x.dtype)
        for i, j in itertools.product(range(height), range(width)):
            out[:, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2] = x[:, :, i : i + 1, j : j + 1]
        return out


@right("pool_by_slices")
class Slices(Pooling):
    def resize(self, x):
        left = torch.max(x[:, :, ::2, ::2], x[:, :, 1::2, ::2])
        return torch.max(left, torch.max(x[:, :, ::2, 1::2], x[:, :, 1::2, 1::2]))


@right("pool_by_windows")
class Windows(Pooling):
    def resize(self, x):
        return x.unfold(2, 2, 2).unfold(3, 2, 2).max(-1)[0].max(-1).values


@right("pool_function_of_torch")
class PoolOfTorch(Pooling):
    def resize(self, x):
        return torch.max_pool2d(x, 2)
