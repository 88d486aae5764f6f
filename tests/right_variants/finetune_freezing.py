"""Frozen networks with a new last layer as students make them, all right."""

import torch
from finetune_parts import (
    freeze,
    freeze_and_replace,
    new_layer,
    notebook,
    replace,
)
from torch import nn

from grader.proving.cases import right_variant


def prepares(name):
    """Mark a function that freezes and replaces."""

    def mark(prepare):
        @right_variant(name, part="finetune")
        def make():
            return notebook(prepare)

        return make

    return mark


as_the_handout_says = prepares("as_the_handout_says")(freeze_and_replace)


@prepares("frozen_after_and_enabled_again")
def enabled_again(model):
    replace(model)
    freeze(model)
    for parameter in model.classifier[4].parameters():
        parameter.requires_grad = True


@prepares("frozen_in_both_places")
def both_places(model):
    freeze_and_replace(model)
    for name, parameter in model.named_parameters():
        if not name.startswith("classifier.4"):
            parameter.requires_grad = False


@prepares("requires_grad_method")
def method(model):
    model.requires_grad_(False)
    model.classifier[-1] = new_layer()


@prepares("all_but_the_last_layer")
def all_but_the_last(model):
    replace(model)
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name.startswith("classifier.4.")


@prepares("through_modules_of_the_model")
def modules_of_the_model(model):
    freeze(model)
    model._modules["classifier"][4] = new_layer()


@prepares("through_modules_of_the_classifier")
def modules_of_the_classifier(model):
    freeze(model)
    model.classifier._modules["4"] = new_layer()


@prepares("set_by_name")
def set_by_name(model):
    freeze(model)
    setattr(model.classifier, "4", new_layer())


@prepares("replaced_twice")
def twice(model):
    freeze_and_replace(model)
    replace(model)


@prepares("in_a_sequential")
def in_a_sequential(model):
    freeze(model)
    model.classifier[4] = nn.Sequential(new_layer())


@prepares("classifier_rebuilt_from_its_layers")
def rebuilt(model):
    freeze(model)
    model.classifier = nn.Sequential(*list(model.classifier)[:-1], new_layer())


@prepares("attribute_too")
def attribute_too(model):
    model.requires_grad = False  # without effect, but the loop is there as well
    freeze_and_replace(model)


@prepares("other_initial_values")
def zeros(model):
    freeze_and_replace(model)
    nn.init.normal_(model.classifier[4].weight, std=0.02)
    nn.init.zeros_(model.classifier[4].bias)


@prepares("evaluation_mode")
def evaluation_mode(model):
    freeze_and_replace(model)
    model.eval()


@prepares("blown_up_by_the_notebook")
def blown_up(model):
    freeze_and_replace(model)
    with torch.no_grad():
        model.classifier[4].weight.fill_(torch.nan)


@prepares("without_gradients_around_the_loop")
def without_gradients(model):
    with torch.no_grad():
        freeze(model)
    model.classifier[4] = nn.Conv2d(256, 2, kernel_size=(1, 1), stride=1, padding=0)


@prepares("child_by_child")
def child_by_child(model):
    for child in model.children():
        for parameter in child.parameters():
            parameter.requires_grad_(False)
    old = model.classifier[-1]
    model.classifier[-1] = nn.Conv2d(old.in_channels, 2, old.kernel_size)


@prepares("aux_head_removed")
def aux_head_removed(model):
    freeze_and_replace(model)
    model.aux_classifier = None


class Head(nn.Conv2d):
    """A convolution under another name."""


@prepares("own_kind_of_conv2d")
def own_kind(model):
    freeze(model)
    model.classifier[4] = Head(256, 2, 1)


@prepares("started_from_the_old_layer")
def started_from_the_old(model):
    freeze(model)
    old, new = model.classifier[4], new_layer()
    with torch.no_grad():
        new.weight.copy_(old.weight[:2])
    model.classifier[4] = new


@right_variant("head_without_bias", part="finetune", notes=["head_without_bias"])
def head_without_bias():
    def prepare(model):
        freeze(model)
        model.classifier[4] = nn.Conv2d(256, 2, 1, bias=False)

    return notebook(prepare)
