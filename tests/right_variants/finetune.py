"""Fine-tunings as students write them, all right."""

import inspect
from types import SimpleNamespace

import torch
from finetune_parts import (
    batches,
    by_name,
    compute_loss,
    freeze,
    freeze_and_replace,
    new_layer,
    notebook,
    pretrained,
    replace,
    run_train,
    selecting,
    training,
)
from torch import nn
from torch.nn import functional as F

from grader.cases import right_variant

OPTIMIZERS_TAKE_PAIRS = "param_names" in inspect.getsource(torch.optim.Optimizer.add_param_group)


def prepares(name):
    """Mark a function that freezes and replaces."""

    def mark(prepare):
        @right_variant(name, part="finetune")
        def make():
            return notebook(prepare)

        return make

    return mark


def chooses(name):
    """Mark a function of the network as the selection."""

    def mark(select):
        @right_variant(name, part="finetune")
        def make():
            return selecting(select)

        return make

    return mark


def steps(name):
    """Mark a function that takes one step of the loop."""

    def mark(step):
        @right_variant(name, part="finetune")
        def make():
            return notebook(train=training(step=step))

        return make

    return mark


# Freezing and replacing

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


# The selection


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


# The loop


@right_variant("sgd", part="finetune")
def sgd():
    def with_momentum(parameters, args):
        return torch.optim.SGD(parameters, lr=args.learn_rate, momentum=0.9)

    return notebook(train=training(optimizer=with_momentum))


@right_variant("adamw", part="finetune")
def adamw():
    return notebook(train=training(optimizer=lambda p, args: torch.optim.AdamW(p, args.learn_rate)))


@right_variant("extra_arguments_and_a_tuple", part="finetune")
def extra_arguments():
    def train(args, model, criterion=compute_loss, show=True):
        training()(args, model)
        return model, [0.7], [0.3]

    return notebook(train=train)


@right_variant("arguments_from_the_notebook", part="finetune")
def more_arguments():
    def train(model, args, loaders):
        assert loaders == "loaders"
        training()(args, model)

    return notebook(train=train, loaders="loaders", args=SimpleNamespace(mine=1))


@right_variant("other_argument_names", part="finetune")
def other_names():
    def train(options, net):
        training()(options, net)

    return notebook(train=train)


@right_variant("wrapped_in_the_loop", part="finetune")
def wrapped_in_the_loop():
    def train(args, model):
        wrapped = nn.DataParallel(model)
        optimizer = torch.optim.Adam(by_name(model), lr=args.learn_rate)
        for images, masks in batches(args.train_batch_size):
            optimizer.zero_grad()
            compute_loss(wrapped.module(images)["out"], masks).backward()
            optimizer.step()

    return notebook(train=train)


@right_variant("wrapped_in_the_notebook", part="finetune")
def wrapped_in_the_notebook():
    model = pretrained()
    freeze_and_replace(model)
    return {
        "model": Wrapper(model),
        "train": training(lambda wrapper: wrapper.module.classifier[4].parameters()),
    }


class Wrapper(nn.Module):
    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, images):
        return self.module(images)


@right_variant("all_done_in_train", part="finetune")
def all_done_in_train():
    def train(args, model):
        freeze(model)
        replace(model)
        training()(args, model)

    return run_train(notebook(lambda model: None, train))


@right_variant("trained_in_the_notebook", part="finetune")
def trained_already():
    return run_train(notebook())


@right_variant("two_optimizers", part="finetune")
def two_optimizers():
    def train(args, model):
        optimizers = [torch.optim.Adam([p], lr=args.learn_rate) for p in by_name(model)]
        for images, masks in batches(args.train_batch_size):
            for optimizer in optimizers:
                optimizer.zero_grad()
            compute_loss(model(images)["out"], masks).backward()
            for optimizer in optimizers:
                optimizer.step()

    return notebook(train=train)


@steps("zero_grad_behind_the_step")
def zero_grad_behind(model, optimizer, images, masks):
    compute_loss(model(images)["out"], masks).backward()
    optimizer.step()
    optimizer.zero_grad()


@steps("zero_grad_of_the_model")
def zero_grad_of_the_model(model, optimizer, images, masks):
    model.zero_grad()
    nn.CrossEntropyLoss()(model(images)["out"], masks).backward()
    optimizer.step()


@steps("gradients_cleared_by_hand")
def cleared_by_hand(model, optimizer, images, masks):
    for parameter in model.classifier[4].parameters():
        parameter.grad = None
    F.nll_loss(F.log_softmax(model(images)["out"], dim=1), masks).backward()
    optimizer.step()


@steps("gradients_of_two_halves")
def two_halves(model, optimizer, images, masks):
    optimizer.zero_grad()
    for half in (slice(0, 2), slice(2, 4)):
        (compute_loss(model(images[half])["out"], masks[half]) / 2).backward()
    optimizer.step()


@steps("closure")
def closure(model, optimizer, images, masks):
    def evaluate():
        optimizer.zero_grad()
        loss = compute_loss(model(images)["out"], masks)
        loss.backward()
        return loss

    optimizer.step(evaluate)
