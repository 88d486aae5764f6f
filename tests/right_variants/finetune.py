"""Selections as students write them, all right."""

import inspect

import torch
from finetune_parts import (
    by_name,
    freeze_and_replace,
    pretrained,
    selecting,
    training,
)

from grader.cases import right_variant

OPTIMIZERS_TAKE_PAIRS = "param_names" in inspect.getsource(torch.optim.Optimizer.add_param_group)


def chooses(name):
    """Mark a function of the network as the selection."""

    def mark(select):
        @right_variant(name, part="finetune")
        def make():
            return selecting(select)

        return make

    return mark


@chooses("names_listed")
def names_listed(model):
    return [
        p for n, p in model.named_parameters() if n in ("classifier.4.weight", "classifier.4.bias")
    ]


@chooses("parameters_of_the_layer")
def of_the_layer(model):
    return model.classifier[4].parameters()


@chooses("bias_first")
def bias_first(model):
    layer = model.classifier[-1]
    return [layer.bias, layer.weight]


@chooses("two_groups")
def two_groups(model):
    layer = model.classifier[4]
    return [{"params": [layer.weight]}, {"params": [layer.bias], "lr": 1e-2}]


@chooses("what_requires_gradients")
def what_learns(model):
    return filter(lambda p: p.requires_grad, model.parameters())


@chooses("split_names")
def split_names(model):
    return [p for n, p in model.named_parameters() if n.split(".")[:2] == ["classifier", "4"]]


if OPTIMIZERS_TAKE_PAIRS:  # since torch 2.6: names beside parameters are kept for printing

    @chooses("pairs")
    def pairs(model):
        return [(n, p) for n, p in model.named_parameters() if n.startswith("classifier.4")]


@right_variant("selection_in_a_global_list", part="finetune")
def global_list():
    model = pretrained()
    freeze_and_replace(model)
    chosen = by_name(model)
    return {"model": model, "train": training(lambda _: chosen)}
