"""Networks of the right form that do not learn, or that do not stand on their own feet."""

from network_parts import sin
from torch import nn

from reference import MyConv2d

ACCURACY = ["accuracy"]
EVAL = ["blocks", "values", "deterministic"]


class Huge(MyConv2d):
    """A convolution whose weights start near the largest number there is."""

    def reset_parameters(self):
        nn.init.constant_(self.weight, 1e38)
        nn.init.zeros_(self.bias)


@sin("diverges", ACCURACY)
class StartsTooLarge:
    def conv(self, number, ins, outs):
        return Huge(ins, outs, self.kernel)


@sin("does_not_learn", ACCURACY)
class StatisticsNeverMove:
    """BatchNorm whose running statistics stay as they start: good in training, lost afterwards."""

    def norm(self, width):
        return nn.BatchNorm2d(width, momentum=0.0)


@sin("below_band", ACCURACY)
class StartsFarAway:
    """The last convolution starts with scores that many steps are needed to forget."""

    def __init__(self, *args):
        super().__init__(*args)
        nn.init.normal_(self.last.weight, std=8)


@sin("cheats_eval", EVAL)
class StatisticsOfTheBatch:
    def norm(self, width):
        return nn.BatchNorm2d(width, track_running_stats=False)


class NeverInEvalMode(nn.BatchNorm2d):
    def forward(self, x):
        return nn.functional.batch_norm(x, None, None, self.weight, self.bias, training=True)


@sin("cheats_eval", EVAL, name="batchnorm_stays_in_training")
class StaysInTraining:
    def norm(self, width):
        return NeverInEvalMode(width)


@sin(["cheats_eval", "extra_operation"], EVAL, name="scores_less_their_mean")
class LessTheMean:
    def forward(self, x):
        scores = super().forward(x)
        return scores - scores.mean(dim=0, keepdim=True)
