"""Selections as students write them, all right."""

import inspect
import re

import torch
from finetune_parts import (
    by_name,
    freeze_and_replace,
    pretrained,
    selecting,
    training,
)

from grader.proving.cases import right_variant

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


@chooses("by_regular_expression")
def by_regular_expression(model):
    return [p for n, p in model.named_parameters() if re.match(r"^classifier\.4\.", n)]


@chooses("by_slice_of_the_name")
def by_slice(model):
    return [p for n, p in model.named_parameters() if n[:12] == "classifier.4"]


@chooses("in_but_not_aux")
def in_but_not_aux(model):
    return [p for n, p in model.named_parameters() if "classifier.4" in n and "aux" not in n]


@chooses("out_of_a_dictionary")
def out_of_a_dictionary(model):
    named = dict(model.named_parameters())
    return [named["classifier.4.weight"], named["classifier.4.bias"]]


@chooses("appended_in_a_loop")
def appended(model):
    learned_parameters = []
    for name, parameter in model.named_parameters():
        if name.startswith("classifier.4"):
            print(name)
            learned_parameters.append(parameter)
    return learned_parameters


@chooses("comprehension_over_the_layer")
def over_the_layer(model):
    return [parameter for parameter in model.classifier[4].parameters()]  # noqa: C416


@chooses("generator")
def generator(model):
    return (p for n, p in model.named_parameters() if n.startswith("classifier.4"))


@chooses("by_identity")
def by_identity(model):
    wanted = {id(p) for p in model.classifier[4].parameters()}
    return [p for p in model.parameters() if id(p) in wanted]


@chooses("one_group_with_settings")
def one_group(model):
    return [{"params": model.classifier[4].parameters(), "lr": 0.01, "weight_decay": 0}]


@chooses("parameter_list")
def parameter_list(model):
    return torch.nn.ParameterList(model.classifier[4].parameters())


@chooses("values_of_a_dictionary")
def values(model):
    return dict(model.classifier[4].named_parameters()).values()


@chooses("mapped_and_filtered")
def mapped(model):
    pairs = filter(lambda pair: pair[0].startswith("classifier.4"), model.named_parameters())
    return list(map(lambda pair: pair[1], pairs))  # noqa: C417
