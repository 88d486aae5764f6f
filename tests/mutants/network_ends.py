"""Networks with something behind their last convolution."""

import torch
from network_parts import sin
from torch import nn

WRONG = ["blocks", "values"]


@sin("relu_at_end", WRONG)
class ReLUAtEnd:
    def forward(self, x):
        return torch.relu(super().forward(x))


@sin("softmax_at_end", WRONG)
class SoftmaxAtEnd:
    def forward(self, x):
        return torch.softmax(super().forward(x), dim=1)


@sin("log_softmax_at_end", WRONG)
class LogSoftmaxAtEnd:
    def forward(self, x):
        return nn.functional.log_softmax(super().forward(x), 1)


@sin("batchnorm_at_end", WRONG)
class BatchNormAtEnd:
    def conv(self, number, ins, outs):
        conv = super().conv(number, ins, outs)
        return nn.Sequential(conv, nn.BatchNorm2d(outs)) if number == 6 else conv


@sin("extra_operation", WRONG, name="sigmoid_at_end")
class SigmoidAtEnd:
    def forward(self, x):
        return torch.sigmoid(super().forward(x))


@sin("argmax_at_end", ["output_shape", "blocks"])
class ArgmaxAtEnd:
    def forward(self, x):
        return super().forward(x).argmax(dim=1)


@sin("returns_tuple", ["output_shape"])
class ReturnsTuple:
    def forward(self, x):
        scores = super().forward(x)
        return scores, x


@sin("returns_tuple", ["output_shape"], name="returns_dict")
class ReturnsDict:
    def forward(self, x):
        return {"out": super().forward(x)}


@sin("output_flattened", ["output_shape", "blocks"])
class OutputFlattened:
    def forward(self, x):
        return super().forward(x).flatten(2)


@sin("output_flattened", ["output_shape", "blocks"], name="output_flattened_by_pixel")
class OutputFlattenedByPixel:
    def forward(self, x):
        scores = super().forward(x)
        return scores.permute(0, 2, 3, 1).reshape(-1, scores.shape[1])


@sin("channels_last", ["output_shape", "blocks"])
class ChannelsLast:
    def forward(self, x):
        return super().forward(x).permute(0, 2, 3, 1)
