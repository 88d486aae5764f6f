"""Right networks in the habits of those who took the course."""

import torch
from network_parts import right
from torch import nn
from torch.nn import functional as F
from torch.utils import checkpoint

from grader.proving.cases import right_variant
from reference import MyConv2d


@right_variant("named_blocks", part="cnn")
class CNN(nn.Module):
    """The names that many gave their blocks, and the padding written out."""

    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super(CNN, self).__init__()  # noqa: UP008
        padding = kernel // 2
        nf, nc = num_filters, num_colours
        self.downconv1 = nn.Sequential(
            MyConv2d(num_in_channels, nf, kernel, padding),
            nn.MaxPool2d(kernel_size=2, stride=2),
            nn.BatchNorm2d(nf),
            nn.ReLU(),
        )
        self.downconv2 = nn.Sequential(
            MyConv2d(nf, nf * 2, kernel_size=kernel, padding=padding),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(nf * 2),
            nn.ReLU(),
        )
        self.rfconv = nn.Sequential(
            MyConv2d(nf * 2, nf * 2, kernel, padding), nn.BatchNorm2d(nf * 2), nn.ReLU()
        )
        self.upconv1 = nn.Sequential(
            MyConv2d(nf * 2, nf, kernel, padding),
            nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(nf),
            nn.ReLU(),
        )
        self.upconv2 = nn.Sequential(
            MyConv2d(nf, nc, kernel, padding),
            nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(nc),
            nn.ReLU(),
        )
        self.finalconv = MyConv2d(nc, nc, kernel_size=kernel)

    def forward(self, x):
        self.out1 = self.downconv1(x)
        self.out2 = self.downconv2(self.out1)
        self.out3 = self.rfconv(self.out2)
        self.out4 = self.upconv1(self.out3)
        self.out5 = self.upconv2(self.out4)
        self.out_final = self.finalconv(self.out5)
        return self.out_final


@right_variant("named_blocks", part="unet")
class UNet(CNN):
    """Part A's blocks, whose first layers are put in anew."""

    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super(UNet, self).__init__(kernel, num_filters, num_colours, num_in_channels)  # noqa: UP008
        self.upconv1[0] = MyConv2d(num_filters * 4, num_filters, kernel, kernel // 2)
        self.upconv2[0] = MyConv2d(num_filters * 2, num_colours, kernel, kernel // 2)
        self.finalconv = MyConv2d(num_colours + num_in_channels, num_colours, kernel)

    def forward(self, x):
        self.out1 = self.downconv1(x)
        self.out2 = self.downconv2(self.out1)
        self.out3 = self.rfconv(self.out2)
        self.out4 = self.upconv1(torch.cat([self.out3, self.out2], 1))
        self.out5 = self.upconv2(torch.concat([self.out4, self.out1], dim=1))
        self.out_final = self.finalconv(torch.concatenate([self.out5, x], dim=-3))
        return self.out_final


@right("skips_on_a_stack")
class Stacked:
    def forward(self, x):
        skips = [x]
        for block in (self.block1, self.block2):
            skips.append(block(skips[-1]))
        y = self.block3(skips[-1])
        for block in (self.block4, self.block5, self.last):
            y = block(torch.cat([y, skips.pop()], dim=1))
        return y


@right("upsampled_to_the_size_of_the_skip")
class ToTheSizeOfTheSkip:
    def up(self, width):
        return [self.norm(width)]

    def forward(self, x):
        half = self.block1(x)
        quarter = self.block2(half)
        y = self.block4[0](torch.cat([self.block3(quarter), quarter], 1))
        y = F.relu(self.block4[1](F.interpolate(y, size=half.size()[2:])))
        y = self.block5[0](torch.cat([y, half], 1))
        y = F.relu(self.block5[1](F.interpolate(y, x.shape[-2:])))
        return self.last(torch.cat([y, x], 1))


@right("options_and_asserts")
class OptionsAndAsserts:
    def __init__(self, kernel=3, num_filters=32, num_colours=24, num_in_channels=1, **options):
        super().__init__(kernel, num_filters, num_colours, num_in_channels)
        self.options = options

    def forward(self, input, return_activations=False):  # noqa: A002
        assert input.shape[2] % 4 == 0, "divisible by 4"
        scores = super().forward(input)
        assert scores.shape[2:] == input.shape[2:]
        return (scores, input) if return_activations else scores


@right("what_cannot_be_copied")
class NotCopied:
    """Lambdas, an open file, a generator, hooks that keep arrays."""

    def __init__(self, *args):
        super().__init__(*args)
        self.activations = {}
        self.sizes = (n for n in range(3))
        self.act = lambda x: F.relu(x)
        for name, module in self.named_modules():
            module.register_forward_hook(self.keep(name))

    def keep(self, name):
        def hook(module, inputs, output):
            self.activations[name] = output.detach().cpu().numpy()

        return hook


@right("checkpointed")
class Checkpointed:
    def forward(self, x):
        half = checkpoint.checkpoint(self.block1, x, use_reentrant=False)
        quarter = self.block2(half)
        y = self.block4(self.join(4, self.block3(quarter), quarter))
        return self.last(self.join(6, self.block5(self.join(5, y, half)), x))


@right("data_parallel")
class InParallel:
    def __init__(self, *args):
        super().__init__(*args)
        self.block1 = nn.DataParallel(self.block1)


class OwnNorm(nn.Module):
    """torch's function on parameters and buffers of one's own."""

    def __init__(self, width):
        super().__init__()
        self.gamma, self.beta = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("var", torch.ones(width))

    def forward(self, x):
        state = self.mean, self.var, self.gamma, self.beta
        return F.batch_norm(x, *state, self.training, 0.1, 1e-5)


@right("batch_norm_function")
class NormFunction:
    def norm(self, width):
        return OwnNorm(width)


@right("one_pool_of_the_class")
class OnePool:
    pool = nn.MaxPool2d(2)

    def down(self, width):
        return [type(self).pool, self.norm(width), nn.ReLU()]


@right("xavier_in_the_constructor")
class Xavier:
    def __init__(self, *args):
        super().__init__(*args)
        for module in self.modules():
            if isinstance(module, MyConv2d):
                nn.init.xavier_uniform_(module.weight)
                module.bias.data.fill_(0)
            elif isinstance(module, nn.BatchNorm2d):
                module.weight.data.fill_(1)
                module.bias.data.zero_()


@right("memory_format")
class MemoryFormat:
    def forward(self, x):
        return super().forward(x.contiguous(memory_format=torch.channels_last)).contiguous()


@right("batchnorm_eps", notes=["batchnorm_settings"], parts=["cnn", "unet"])
class OtherEps:
    def norm(self, width):
        return nn.BatchNorm2d(width, eps=1e-3)


@right("batchnorm_momentum", notes=["batchnorm_settings"])
class SlowStatistics:
    def norm(self, width):
        return nn.BatchNorm2d(width, momentum=0.01)
