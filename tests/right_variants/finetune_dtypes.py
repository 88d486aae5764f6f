"""Fine-tuning in other precisions, all right."""

import torch
from finetune_parts import compute_loss, freeze_and_replace, notebook, step, training

from grader.proving.cases import right_variant


def in_dtype(cast, step, optimizer=None):
    """Return the names of a notebook that casts its network, and steps on it by `step`."""

    def prepare(model):
        freeze_and_replace(model)
        cast(model)

    train = training(step=step, optimizer=optimizer) if optimizer else training(step=step)
    return notebook(prepare, train)


def sgd(parameters, args):
    return torch.optim.SGD(parameters, lr=args.learn_rate)


def halved(model, optimizer, images, masks):
    optimizer.zero_grad()
    compute_loss(model(images.half())["out"].float(), masks).backward()
    optimizer.step()


@right_variant("in_double_precision", part="finetune")
def in_double_precision():
    def doubled(model, optimizer, images, masks):
        step(model, optimizer, images.double(), masks)

    return in_dtype(lambda model: model.double(), doubled)


@right_variant("in_half_precision", part="finetune")
def in_half_precision():
    return in_dtype(lambda model: model.half(), halved, sgd)


@right_variant("backbone_in_half", part="finetune")
def backbone_in_half():
    def cast(model):
        model.half()
        head = model.classifier[4].float()
        head.register_forward_pre_hook(lambda _layer, given: (given[0].float(),))

    return in_dtype(cast, halved)


@right_variant("autocast", part="finetune")
def autocast():
    def mixed(model, optimizer, images, masks):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = compute_loss(model(images)["out"], masks)
        loss.backward()
        optimizer.step()

    return notebook(train=training(step=mixed))
