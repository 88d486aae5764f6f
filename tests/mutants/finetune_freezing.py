"""Frozen networks, each with one sin."""

import torch
from finetune_parts import (
    freeze,
    freeze_and_replace,
    notebook,
    replace,
    selecting,
    training,
)

from grader.proving.cases import mutant

CAUGHT = ["finetune.frozen"]


def freezes(mistake, name=None, cell=None):
    """Mark a function that prepares the network; `cell` is the notebook's cell as text."""

    def mark(prepare):
        @mutant(mistake, part="finetune", caught_by=CAUGHT, name=name)
        def make():
            history = {} if cell is None else {"In": ["", cell]}
            return notebook(prepare, **history)

        return make

    return mark


not_frozen = freezes("not_frozen")(replace)


@freezes("partly_frozen", name="partly_frozen_backbone_only")
def backbone_only(model):
    freeze(model.backbone)
    replace(model)


@freezes("partly_frozen", name="partly_frozen_aux_head")
def aux_head_learns(model):
    freeze_and_replace(model)
    model.aux_classifier.requires_grad_(True)


@freezes("partly_frozen", name="partly_frozen_classifier")
def classifier_learns(model):
    freeze(model)
    for name, parameter in model.named_parameters():
        if name.startswith("classifier"):
            parameter.requires_grad = True
    replace(model)


@freezes("partly_frozen", name="partly_frozen_weights_only")
def biases_learn(model):
    for name, parameter in model.named_parameters():
        if "weight" in name:
            parameter.requires_grad = False
    replace(model)


@freezes("head_frozen")
def frozen_behind_the_replacement(model):
    replace(model)
    freeze(model)


@freezes("head_frozen", name="head_frozen_bias")
def bias_frozen(model):
    freeze_and_replace(model)
    model.classifier[4].bias.requires_grad = False


@freezes("freeze_without_effect", name="freeze_without_effect_module")
def attribute_of_the_module(model):
    model.requires_grad = False
    replace(model)


@freezes("freeze_without_effect", name="freeze_without_effect_children")
def attribute_of_the_children(model):
    for child in model.backbone.children():
        child.requires_grad = False
    replace(model)


@freezes("freeze_without_effect", name="freeze_without_effect_typo")
def misspelt_attribute(model):
    for parameter in model.parameters():
        parameter.require_grad = False
    replace(model)


@freezes(
    "freeze_without_effect",
    name="freeze_without_effect_eval",
    cell="model.eval()\nmodel.classifier[4] = nn.Conv2d(256, 2, 1)\n",
)
def evaluation_mode(model):
    model.eval()
    replace(model)


@freezes(
    "freeze_without_effect",
    name="freeze_without_effect_no_grad",
    cell="with torch.no_grad():\n    model.classifier[4] = nn.Conv2d(256, 2, 1)\n",
)
def without_gradients(model):
    with torch.no_grad():
        replace(model)


@freezes(
    "freeze_without_effect",
    name="freeze_without_effect_comparison",
    cell="for p in model.parameters():\n    p.requires_grad == False\n"
    "model.classifier[4] = nn.Conv2d(256, 2, 1)\n",
)
def compared(model):
    for parameter in model.parameters():
        parameter.requires_grad == False  # noqa: B015, E712
    replace(model)


@mutant("partly_frozen", part="finetune", caught_by=CAUGHT, name="unfrozen_in_train")
def unfrozen_in_train():
    def train(args, model):
        model.backbone.requires_grad_(True)
        training()(args, model)

    return notebook(train=train)


@mutant(
    ("selects_everything", "not_frozen"), part="finetune", caught_by=["finetune.selection", *CAUGHT]
)
def everything_learns():
    return selecting(lambda model: model.parameters(), replace)


@freezes("partly_frozen", name="partly_frozen_batchnorm")
def batchnorm_learns(model):
    for module in model.modules():
        if isinstance(module, torch.nn.Conv2d):
            freeze(module)
    replace(model)


@freezes("head_frozen", name="head_frozen_by_the_method")
def all_by_the_method(model):
    replace(model)
    model.requires_grad_(False)
