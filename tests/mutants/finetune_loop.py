"""Training loops, each with one sin."""

from types import SimpleNamespace

import torch
from finetune_parts import (
    adam,
    by_name,
    notebook,
    step,
    training,
)
from torch import nn
from torch.nn import functional as F

from grader.proving.cases import mutant

CAUGHT, MOVES = ["finetune.loop"], ["finetune.only_head_moves"]


def loops(name):
    """Mark a function that takes one step wrongly."""

    def mark(wrong):
        @mutant("loop_changed", part="finetune", caught_by=CAUGHT, name=f"loop_changed_{name}")
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


@mutant("loop_changed", part="finetune", caught_by=CAUGHT, name="loop_changed_no_loop")
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


@loops("output_detached")
def output_detached(model, optimizer, images, masks):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images)["out"].detach(), masks)
    loss.requires_grad_(True).backward()
    optimizer.step()


@loops("auxiliary_output")
def auxiliary_output(model, optimizer, images, masks):
    optimizer.zero_grad()
    F.cross_entropy(model(images)["aux"], masks).backward()
    optimizer.step()


@mutant("loop_changed", part="finetune", caught_by=CAUGHT, name="loop_changed_rate_of_zero")
def rate_of_zero():
    args = SimpleNamespace(learn_rate=0.0)
    return notebook(train=training(optimizer=lambda parameters, _: adam(parameters, args)))


@loops("squares_of_the_softmax")
def squares_of_the_softmax(model, optimizer, images, masks):
    optimizer.zero_grad()
    said = model(images)["out"].softmax(1)
    ((said - F.one_hot(masks, 2).movedim(-1, 1)) ** 2).mean().backward()
    optimizer.step()


@loops("softmax_twice")
def softmax_twice(model, optimizer, images, masks):
    optimizer.zero_grad()
    F.cross_entropy(model(images)["out"].softmax(1), masks).backward()
    optimizer.step()


@loops("dice_alone")
def dice_alone(model, optimizer, images, masks):
    optimizer.zero_grad()
    flower = model(images)["out"].softmax(1)[:, 1]
    (1 - 2 * (flower * masks).sum() / (flower.sum() + masks.sum())).backward()
    optimizer.step()


@loops("masks_ignored")
def masks_ignored(model, optimizer, images, masks):
    optimizer.zero_grad()
    F.cross_entropy(model(images)["out"], torch.zeros_like(masks)).backward()
    optimizer.step()


@loops("its_own_answers")
def its_own_answers(model, optimizer, images, masks):
    optimizer.zero_grad()
    scores = model(images)["out"]
    F.cross_entropy(scores, scores.argmax(1)).backward()
    optimizer.step()


@mutant("loop_not_followed", part="finetune", caught_by=CAUGHT, name="gradients_drowned")
def gradients_drowned():
    def drowned(model, optimizer, images, masks):
        optimizer.zero_grad()
        F.cross_entropy(model(images)["out"], masks).backward()
        weight = model.classifier[4].weight
        weight.grad += 100 * weight.grad.abs().max() * torch.randn_like(weight)
        optimizer.step()

    return notebook(train=training(step=drowned))


@mutant("loop_not_followed", part="finetune", caught_by=CAUGHT, name="uphill")
def uphill():
    def upwards(model, optimizer, images, masks):
        optimizer.zero_grad()
        F.cross_entropy(model(images)["out"], masks).backward()
        for parameter in model.classifier[4].parameters():
            parameter.grad.neg_()
        optimizer.step()

    return notebook(train=training(step=upwards))
