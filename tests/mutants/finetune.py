"""Selections of parameters, each with one sin."""

import copy
import inspect

import torch
from finetune_parts import (
    by_name,
    freeze_and_replace,
    notebook,
    pretrained,
    replace,
    run_train,
    selecting,
    training,
)

from grader.proving.cases import mutant

CAUGHT = ["finetune.selection"]
OPTIMIZERS_TAKE_PAIRS = "param_names" in inspect.getsource(torch.optim.Optimizer.add_param_group)


def chooses(mistake, name=None):
    """Mark a function of the network as the selection of a mutant."""

    def mark(select):
        @mutant(mistake, part="finetune", caught_by=CAUGHT, name=name)
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


@mutant("selects_old_layer", part="finetune", caught_by=CAUGHT)
def selected_before_the_replacement():
    model = pretrained()
    old = by_name(model)
    return notebook(model=model, train=training(lambda _: old))


@mutant("selects_old_layer", part="finetune", caught_by=CAUGHT, name="replaced_in_train")
def replaced_behind_the_selection():
    def train(args, model):
        chosen = by_name(model)
        replace(model)
        training(lambda _: chosen)(args, model)

    return run_train(notebook(freeze_and_replace, train))


@mutant("missing", part="finetune", caught_by=CAUGHT, name="train_missing")
def train_missing():
    return notebook() | {"train": None}


@mutant("missing", part="finetune", caught_by=CAUGHT, name="train_of_part_a")
def train_of_part_a():
    def train(args, cnn=None):
        torch.optim.Adam(cnn.parameters(), lr=args.learn_rate)

    return notebook(train=train)


@mutant("raises", part="finetune", caught_by=CAUGHT, name="train_raises")
def train_raises():
    def train(args, model):
        learned_parameters = by_name(model)  # noqa: F841
        return torch.optim.Adam(learned_paramters, lr=args.learn_rate)  # noqa: F821

    return notebook(train=train)


@mutant("raises", part="finetune", caught_by=CAUGHT, name="optimizer_raises")
def optimizer_raises():
    return notebook(train=training(optimizer=lambda chosen, args: torch.optim.Adam(chosen, lr=-1)))


@mutant("selects_nothing", part="finetune", caught_by=CAUGHT, name="no_optimizer")
def no_optimizer():
    return notebook(train=lambda args, model: None)


@chooses("selects_nothing", name="selects_nothing_read_already")
def read_already(model):
    learned_parameters = model.classifier[4].parameters()
    print(len(list(learned_parameters)))
    return learned_parameters


@chooses("selects_nothing", name="selects_nothing_exact_name")
def exact_name(model):
    return [p for name, p in model.named_parameters() if name == "classifier.4"]


@chooses("selects_nothing", name="selects_nothing_model_prefix")
def model_prefix(model):
    return [p for name, p in model.named_parameters() if name.startswith("model.classifier.4")]


@chooses("selects_other_layer", name="selects_other_layer_last_two")
def last_two(model):
    return list(model.parameters())[-2:]


@chooses("selects_other_layer", name="selects_other_layer_all_others")
def all_others(model):
    return [p for name, p in model.named_parameters() if not name.startswith("classifier.4")]


@chooses("selects_everything", name="selects_everything_rate_of_zero")
def rate_of_zero(model):
    rest = [p for name, p in model.named_parameters() if not name.startswith("classifier.4")]
    return [{"params": by_name(model)}, {"params": rest, "lr": 0.0}]


@chooses("selects_weight_only", name="selects_weight_only_letter")
def letter(model):
    return [p for name, p in model.named_parameters() if name.startswith("classifier.4.w")]


@chooses("selects_aux_head", name="selects_aux_head_by_ending")
def by_ending(model):
    endings = ("classifier.4.weight", "classifier.4.bias")
    return [p for name, p in model.named_parameters() if name.endswith(endings)]


@chooses("selects_names", name="selects_names_state")
def state(model):
    return [t for name, t in model.state_dict().items() if name.startswith("classifier.4")]


@chooses("selects_names", name="selects_names_none")
def none(model):
    return None


@chooses("selects_old_layer", name="selects_old_layer_copied")
def copied(model):
    return by_name(copy.deepcopy(model))
