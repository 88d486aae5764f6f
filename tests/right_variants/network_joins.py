"""Right UNets that concatenate in another order, or in another way."""

import itertools

import torch
from network_parts import UNetParts, right

from grader.proving.cases import right_variant


def with_order(flips):
    """Return a UNet whose skips come first at the joins that `flips` says."""

    class Ordered(UNetParts):
        def join(self, number, main, skip):
            pair = (skip, main) if flips[number - 4] else (main, skip)
            return torch.cat(pair, dim=1)

    return Ordered


for _flips in itertools.product((False, True), repeat=3):
    _name = "skip_" + "_".join("first" if flip else "last" for flip in _flips)
    globals()[_name] = right_variant(_name, part="unet")(with_order(_flips))


class Joining:
    """A UNet that concatenates in another way."""

    def join(self, number, main, skip):
        return self.put(main, skip)


@right("cat_nested")
class Nested(Joining):
    def put(self, main, skip):
        return torch.cat([torch.cat([main]), torch.cat((skip,), dim=1)], dim=1)


@right("cat_in_halves")
class Halves(Joining):
    def put(self, main, skip):
        first, second = main.split([1, main.shape[1] - 1], dim=1)
        return torch.cat([first, torch.cat([second, skip], 1)], 1)


@right("cat_by_stack")
class Hstacked(Joining):
    def put(self, main, skip):
        return torch.hstack((main, skip))


@right("cat_into_empty")
class IntoEmpty(Joining):
    def put(self, main, skip):
        n, c, height, width = main.shape
        joined = main.new_empty(n, c + skip.shape[1], height, width)
        joined[:, :c], joined[:, c:] = main, skip
        return joined


@right("relu_after_cat")
class ReLUAfterCat(Joining):
    """What a ReLU has passed, another one passes."""

    def put(self, main, skip):
        return (
            torch.cat((main, skip), 1).relu() if skip.shape[1] > 8 else torch.cat((main, skip), 1)
        )


@right("input_skip_detached")
class InputSkipDetached:
    """No parameter comes before the input: there is no gradient to cut."""

    def join(self, number, main, skip):
        return super().join(number, main, skip.detach() if number == 6 else skip)


@right("cat_of_the_transposed")
class Transposed(Joining):
    def put(self, main, skip):
        pair = [main.transpose(0, 1), skip.transpose(0, 1)]
        return torch.cat(pair, 0).transpose(0, 1)


@right("cat_of_what_is_there")
class WhatIsThere(Joining):
    def put(self, main, skip):
        return torch.cat(tuple(t for t in (main, skip, None) if t is not None), 1)
