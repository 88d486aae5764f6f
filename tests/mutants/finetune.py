"""Fine-tunings, each with one sin."""

import inspect

import torch
from finetune_parts import (
    adam,
    by_name,
    freeze,
    freeze_and_replace,
    new_layer,
    notebook,
    pretrained,
    replace,
    run_train,
    selecting,
    step,
    training,
)
from torch import nn
from torch.nn import functional as F
from torchvision.models.segmentation.deeplabv3 import DeepLabHead

from grader.cases import mutant

HEAD, FROZEN, SELECTION = ["finetune.head"], ["finetune.frozen"], ["finetune.selection"]
LOOP, MOVES, IOU = ["finetune.loop"], ["finetune.only_head_moves"], ["finetune.mean_iou"]
OPTIMIZERS_TAKE_PAIRS = "param_names" in inspect.getsource(torch.optim.Optimizer.add_param_group)


# The selection


def chooses(mistake, name=None):
    """Mark a function of the network as the selection of a mutant."""

    def mark(select):
        @mutant(mistake, part="finetune", caught_by=SELECTION, name=name)
        def make():
            return selecting(select)

        return make

    return mark


@chooses("selects_everything", name="selects_everything_prefix")
def misused_prefix(model):
    return [p for _, p in model.named_parameters(prefix="classifier.4")]


@chooses("selects_everything", name="selects_everything_no_test")
def no_test(model):
    return list(model.parameters())


@chooses("selects_everything", name="selects_everything_true_string")
def a_string_is_true(model):
    return [p for name, p in model.named_parameters() if "classifier.4.weight" or "bias" in name]  # noqa: SIM222


@chooses("selects_everything", name="selects_everything_backbone_too")
def backbone_too(model):
    return [p for n, p in model.named_parameters() if n.startswith(("backbone", "classifier.4"))]


@chooses("selects_weight_only")
def weight_only(model):
    return [model.classifier[4].weight]


@chooses("selects_bias_only")
def bias_only(model):
    return [p for name, p in model.named_parameters() if name == "classifier.4.bias"]


@chooses("selects_aux_head")
def aux_head(model):
    return [p for name, p in model.named_parameters() if "classifier.4" in name]


@chooses(("selects_weight_only", "selects_aux_head"))
def weights_of_both_heads(model):
    return [p for name, p in model.named_parameters() if "classifier.4.weight" in name]


@chooses("selects_whole_classifier")
def whole_classifier(model):
    return [p for name, p in model.named_parameters() if name.startswith("classifier")]


@chooses("selects_whole_classifier", name="selects_whole_classifier_both")
def both_classifiers(model):
    return [p for name, p in model.named_parameters() if "classifier" in name]


@chooses("selects_nothing")
def nothing(model):
    return []


@chooses("selects_nothing", name="selects_nothing_no_match")
def nothing_matches(model):
    return (p for name, p in model.named_parameters() if name.startswith("classifier[4]"))


@chooses("selects_nothing", name="selects_nothing_empty_group")
def empty_group(model):
    return [{"params": []}]


@chooses("selects_names")
def names(model):
    return [name for name, _ in model.named_parameters() if name.startswith("classifier.4")]


@chooses("selects_names", name="selects_names_layer")
def layers(model):
    return [model.classifier[4]]


@chooses("selects_names", name="selects_names_numbers")
def numbers(model):
    return [p.data for p in by_name(model)]


if not OPTIMIZERS_TAKE_PAIRS:

    @chooses("selects_names", name="selects_names_pairs")
    def pairs(model):
        return [(name, p) for name, p in model.named_parameters() if "classifier.4" in name]


@chooses("selects_other_layer")
def other_layer(model):
    return list(model.aux_classifier[4].parameters())


@mutant("selects_old_layer", part="finetune", caught_by=SELECTION)
def selected_before_the_replacement():
    model = pretrained()
    old = by_name(model)
    return notebook(model=model, train=training(lambda _: old))


@mutant("selects_old_layer", part="finetune", caught_by=SELECTION, name="replaced_in_train")
def replaced_behind_the_selection():
    def train(args, model):
        chosen = by_name(model)
        replace(model)
        training(lambda _: chosen)(args, model)

    return run_train(notebook(freeze_and_replace, train))


@mutant("missing", part="finetune", caught_by=SELECTION, name="train_missing")
def train_missing():
    return notebook() | {"train": None}


@mutant("raises", part="finetune", caught_by=SELECTION, name="train_raises")
def train_raises():
    def train(args, model):
        learned_parameters = by_name(model)  # noqa: F841
        return torch.optim.Adam(learned_paramters, lr=args.learn_rate)  # noqa: F821

    return notebook(train=train)


@mutant("raises", part="finetune", caught_by=SELECTION, name="optimizer_raises")
def optimizer_raises():
    return notebook(train=training(optimizer=lambda chosen, args: torch.optim.Adam(chosen, lr=-1)))


@mutant("selects_nothing", part="finetune", caught_by=SELECTION, name="no_optimizer")
def no_optimizer():
    return notebook(train=lambda args, model: None)


# Freezing


def freezes(mistake, name=None, cell=None):
    """Mark a function that prepares the network; `cell` is the notebook's cell as text."""

    def mark(prepare):
        @mutant(mistake, part="finetune", caught_by=FROZEN, name=name)
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


@mutant("partly_frozen", part="finetune", caught_by=FROZEN, name="unfrozen_in_train")
def unfrozen_in_train():
    def train(args, model):
        model.backbone.requires_grad_(True)
        training()(args, model)

    return notebook(train=train)


@mutant(("selects_everything", "not_frozen"), part="finetune", caught_by=[*SELECTION, *FROZEN])
def everything_learns():
    return selecting(lambda model: model.parameters(), replace)


# The new head


def puts(mistake, name=None):
    """Mark a function that puts the new layer into a frozen network."""

    def mark(place):
        @mutant(mistake, part="finetune", caught_by=HEAD, name=name)
        def make():
            def prepare(model):
                freeze(model)
                place(model)

            return notebook(prepare)

        return make

    return mark


@puts("head_not_replaced")
def old_head_learns(model):
    model.classifier[4].requires_grad_(True)


@puts("head_not_replaced", name="head_not_replaced_all_frozen")
def nothing_is_replaced(model):
    pass


@puts("head_not_replaced", name="head_not_replaced_attribute")
def number_of_channels_set(model):
    model.classifier[4].out_channels = 2
    model.classifier[4].requires_grad_(True)


@puts("head_wrong_index")
def before_the_last(model):
    model.classifier[3] = new_layer()


@puts("head_wrong_index", name="head_wrong_index_aux")
def auxiliary_head(model):
    model.aux_classifier[4] = nn.Conv2d(16, 2, 1)


@puts("head_wrong_index", name="head_wrong_index_appended")
def behind_the_last(model):
    model.classifier.add_module("5", nn.Conv2d(21, 2, 1))


@puts("head_wrong_index", name="head_wrong_index_attribute")
def beside_the_classifier(model):
    model.classifier4 = new_layer()


@puts("classifier_replaced")
def whole_head(model):
    model.classifier = DeepLabHead(64, 2)


@puts("classifier_replaced", name="classifier_replaced_refrozen")
def whole_head_then_frozen(model):
    model.classifier = DeepLabHead(64, 2)
    freeze(model)
    model.classifier[4].requires_grad_(True)


@mutant(
    "classifier_replaced",
    part="finetune",
    caught_by=[*HEAD, *SELECTION],
    name="classifier_replaced_one_layer",
)
def one_layer_for_all():
    def prepare(model):
        freeze(model)
        model.classifier = nn.Conv2d(64, 2, 1)

    return notebook(prepare)


@puts("head_channels")
def one_output(model):
    model.classifier[4] = nn.Conv2d(256, 1, 1)


@puts("head_channels", name="head_channels_three")
def three_outputs(model):
    model.classifier[4] = nn.Conv2d(256, 3, 1)


@puts("head_kernel")
def kernel_of_three(model):
    model.classifier[4] = nn.Conv2d(256, 2, kernel_size=3, padding=1)


@puts("head_in_channels")
def inputs_of_the_backbone(model):
    model.classifier[4] = nn.Conv2d(2048, 2, 1)


@puts("head_type")
def linear(model):
    model.classifier[4] = nn.Linear(256, 2)


@puts("head_type", name="head_type_two_layers")
def two_layers(model):
    model.classifier[4] = nn.Sequential(nn.Conv2d(256, 2, 1), nn.Softmax(dim=1))


@mutant(("head_kernel", "not_frozen"), part="finetune", caught_by=[*HEAD, *FROZEN])
def wrong_kernel_and_nothing_frozen():
    def prepare(model):
        model.classifier[4] = nn.Conv2d(256, 2, 3, padding=1)

    return notebook(prepare)


@mutant("missing", part="finetune", caught_by=[*HEAD, *FROZEN, *SELECTION], name="model_missing")
def model_missing():
    return notebook() | {"model": None}


# The loop


def loops(name):
    """Mark a function that takes one step wrongly."""

    def mark(wrong):
        @mutant("loop_changed", part="finetune", caught_by=LOOP, name=f"loop_changed_{name}")
        def make():
            return notebook(train=training(step=wrong))

        return make

    return mark


@loops("no_zero_grad")
def gradients_pile_up(model, optimizer, images, masks):
    F.cross_entropy(model(images)["out"], masks).backward()
    optimizer.step()


@loops("no_step")
def no_step(model, optimizer, images, masks):
    optimizer.zero_grad()
    F.cross_entropy(model(images)["out"], masks).backward()


@loops("no_backward")
def no_backward(model, optimizer, images, masks):
    optimizer.zero_grad()
    F.cross_entropy(model(images)["out"], masks)
    optimizer.step()


@loops("zero_grad_late")
def gradients_cleared_too_late(model, optimizer, images, masks):
    F.cross_entropy(model(images)["out"], masks).backward()
    optimizer.zero_grad()
    optimizer.step()


@loops("mean_squares")
def mean_squares(model, optimizer, images, masks):
    optimizer.zero_grad()
    target = F.one_hot(masks, 2).movedim(-1, 1).float()
    F.mse_loss(model(images)["out"], target).backward()
    optimizer.step()


@loops("raises")
def raises(model, optimizer, images, masks):
    raise ValueError("masks have the wrong size")


@mutant("loop_changed", part="finetune", caught_by=LOOP, name="loop_changed_no_loop")
def no_loop():
    def train(args, model):
        adam(by_name(model), args)

    return notebook(train=train)


@mutant("frozen_parameter_moved", part="finetune", caught_by=MOVES)
def weights_decay_by_hand():
    def decaying(model, optimizer, images, masks):
        step(model, optimizer, images, masks)
        for parameter in model.parameters():
            parameter.data.mul_(0.999)

    return notebook(train=training(step=decaying))


@mutant("frozen_parameter_moved", part="finetune", caught_by=MOVES, name="backbone_renewed")
def backbone_renewed():
    def train(args, model):
        for layer in model.backbone.modules():
            if isinstance(layer, nn.Conv2d):
                layer.reset_parameters()
        training()(args, model)

    return notebook(train=train)


# What it learns


@mutant("below_band", part="finetune", caught_by=IOU)
def not_pretrained():
    return notebook(model=pretrained(None))
