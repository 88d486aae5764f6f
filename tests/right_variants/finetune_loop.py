"""Training loops as students write them, all right."""

import copy
from types import SimpleNamespace

import torch
from finetune_parts import (
    adam,
    batches,
    by_name,
    compute_loss,
    freeze,
    freeze_and_replace,
    notebook,
    pretrained,
    replace,
    run_train,
    step,
    training,
)
from torch import nn
from torch.nn import functional as F

from grader.proving.cases import right_variant


def steps(name):
    """Mark a function that takes one step of the loop."""

    def mark(step):
        @right_variant(name, part="finetune")
        def make():
            return notebook(train=training(step=step))

        return make

    return mark


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


@steps("gradients_by_autograd_grad")
def by_autograd_grad(model, optimizer, images, masks):
    learned = list(model.classifier[4].parameters())
    loss = compute_loss(model(images)["out"], masks)
    for parameter, gradient in zip(learned, torch.autograd.grad(loss, learned), strict=True):
        parameter.grad = gradient
    optimizer.step()


@steps("clipped_and_weighted")
def clipped_and_weighted(model, optimizer, images, masks):
    optimizer.zero_grad(set_to_none=False)
    weighted = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0]))
    weighted(model(images)["out"], masks).backward()
    nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], 1.0)
    optimizer.step()


@steps("binary_cross_entropy")
def binary(model, optimizer, images, masks):
    optimizer.zero_grad()
    target = F.one_hot(masks, 2).movedim(-1, 1).float()
    F.binary_cross_entropy_with_logits(model(images)["out"], target).backward()
    optimizer.step()


@steps("loss_by_hand")
def loss_by_hand(model, optimizer, images, masks):
    optimizer.zero_grad()
    logarithms = model(images)["out"].log_softmax(1)
    (-logarithms.gather(1, masks[:, None]).mean()).backward()
    optimizer.step()


@right_variant("frozen_in_train", part="finetune")
def frozen_in_train():
    def train(args, model):
        freeze(model)
        model.classifier[4].requires_grad_(True)
        training()(args, model)

    return run_train(notebook(replace, train))


@right_variant("backbone_in_eval_mode", part="finetune")
def backbone_in_eval_mode():
    def train(args, model):
        optimizer = adam(by_name(model), args)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)
        for _ in range(args.epochs):
            model.train()
            model.backbone.eval()
            for images, masks in batches(args.train_batch_size):
                step(model, optimizer, images, masks)
            scheduler.step()

    return notebook(train=train)


@right_variant("best_weights_kept", part="finetune")
def best_weights_kept():
    def train(args, model):
        best = copy.deepcopy(model.state_dict())
        training()(args, model)
        model.load_state_dict(best)
        return best

    return notebook(train=train)


@right_variant("train_is_an_object", part="finetune")
def train_is_an_object():
    class Trainer:
        def __call__(self, args, model):
            training()(args, model)

    return notebook(train=Trainer())


@right_variant("under_another_name", part="finetune")
def under_another_name():
    names = notebook()
    return {**names, "model": None, "deeplab": names["model"]}
