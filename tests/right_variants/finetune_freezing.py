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

from grader.cases import right_variant


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
