"""Networks with another normalisation, activation or pooling in place of the diagram's."""

import torch
from network_parts import Layer, sin
from torch import nn
from torch.nn import functional as F

WRONG = ["blocks", "values"]


def normalised_by(name, make, mistake="batchnorm_missing"):
    class Other:
        def same(self, width):
            return [make(width), nn.ReLU()]

    return sin(mistake, WRONG, name=f"{name}_for_batchnorm")(Other)


group_norm = normalised_by("group_norm", lambda width: nn.GroupNorm(8, width))
instance_norm = normalised_by(
    "tracking_instance_norm",
    lambda width: nn.InstanceNorm2d(width, affine=True, track_running_stats=True),
)
layer_norm = normalised_by("layer_norm", lambda _: Layer(lambda x: F.layer_norm(x, x.shape[1:])))
rms_norm = normalised_by("rms_norm", lambda _: Layer(lambda x: F.rms_norm(x, x.shape[1:])))
local_norm = normalised_by("local_response_norm", lambda _: nn.LocalResponseNorm(2))
no_norm = normalised_by("dropout", lambda _: nn.Dropout2d(), ["batchnorm_missing", "dropout_added"])


def activated_by(name, make):
    class Other:
        def same(self, width):
            return [self.norm(width), make()]

    return sin("relu_missing", WRONG, name=f"{name}_for_relu")(Other)


sigmoid = activated_by("sigmoid", nn.Sigmoid)
tanh = activated_by("tanh", nn.Tanh)
gelu = activated_by("gelu", nn.GELU)
elu = activated_by("elu", nn.ELU)
silu = activated_by("silu", nn.SiLU)
prelu = activated_by("prelu", nn.PReLU)
rrelu = activated_by("rrelu", nn.RReLU)
mish = activated_by("mish", nn.Mish)
softmax = activated_by("softmax", lambda: nn.Softmax(dim=1))
threshold = activated_by("threshold", lambda: nn.Threshold(0.1, 0))
absolute = activated_by("absolute_value", lambda: Layer(torch.abs))
negative = activated_by("negative_part", lambda: Layer(lambda x: x.clamp(max=0)))


def pooled_by(name, resize, mistake="pool_missing"):
    class Other:
        def down(self, width):
            return [Layer(resize), self.norm(width), nn.ReLU()]

    return sin(mistake, WRONG, name=name)(Other)


sliced = pooled_by("every_second_pixel_for_pool", lambda x: x[:, :, ::2, ::2])
squares = pooled_by("lp_pool_for_pool", lambda x: F.lp_pool2d(x, 2, 2))
shrunk = pooled_by("interpolate_for_pool", lambda x: F.interpolate(x, scale_factor=0.5))
adaptive = pooled_by(
    "adaptive_average_pool",
    lambda x: F.adaptive_avg_pool2d(x, (x.shape[2] // 2, x.shape[3] // 2)),
    "average_pool",
)
least = pooled_by("least_for_pool", lambda x: -F.max_pool2d(-x, 2), "extra_operation")


@sin("batchnorm_not_affine", WRONG)
class NotAffine:
    def norm(self, width):
        return nn.BatchNorm2d(width, affine=False)


@sin("batchnorm_frozen", WRONG)
class EvalInForward:
    def forward(self, x):
        self.eval()
        return super().forward(x)


@sin("cheats_eval", ["deterministic", "values"], name="train_in_forward")
class TrainInForward:
    def forward(self, x):
        self.train()
        return super().forward(x)


@sin("dropout_added", WRONG, name="alpha_dropout")
class AlphaDropout:
    def same(self, width):
        return [self.norm(width), nn.ReLU(), nn.AlphaDropout(0.2)]


@sin("dropout_added", WRONG, name="dropout_at_the_end")
class DropoutAtTheEnd:
    def forward(self, x):
        return F.dropout2d(super().forward(x), 0.2, self.training)


@sin("noise_added", WRONG, name="noise_on_the_input_in_training")
class NoiseInTraining:
    def forward(self, x):
        return super().forward(x + 0.1 * torch.randn_like(x) if self.training else x)
