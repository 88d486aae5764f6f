"""Optimizers, rates and precisions that take their steps in another way, all right."""

import torch
from finetune_parts import adam, batches, by_name, compute_loss, notebook, step, training
from torch.nn import functional as F
from torch.optim import lr_scheduler

from grader.proving.cases import right_variant


def optimized(name, make):
    """Put a loop with the optimizer `make(parameters, args)` on the list."""

    @right_variant(f"optimizer_{name}", part="finetune")
    def case():
        return notebook(train=training(optimizer=make))

    return case


def sgd(parameters, args):
    return torch.optim.SGD(parameters, lr=args.learn_rate, momentum=0.9)


rprop = optimized("rprop", lambda p, args: torch.optim.Rprop(p, lr=args.learn_rate))
adadelta = optimized("adadelta", lambda p, _: torch.optim.Adadelta(p))
rmsprop = optimized(
    "rmsprop", lambda p, args: torch.optim.RMSprop(p, args.learn_rate, momentum=0.9)
)
nesterov = optimized(
    "nesterov",
    lambda p, args: torch.optim.SGD(
        p, args.learn_rate, momentum=0.9, nesterov=True, weight_decay=5e-4
    ),
)


def lbfgs(name, **settings):
    @right_variant(name, part="finetune")
    def case():
        def searched(model, optimizer, images, masks):
            def closure():
                optimizer.zero_grad()
                loss = compute_loss(model(images)["out"], masks)
                loss.backward()
                return loss

            optimizer.step(closure)

        return notebook(
            train=training(
                step=searched, optimizer=lambda p, _: torch.optim.LBFGS(list(p), **settings)
            )
        )

    return case


lbfgs_as_it_comes = lbfgs("lbfgs_as_it_comes")
lbfgs_searching = lbfgs("lbfgs_searching", line_search_fn="strong_wolfe")


def scheduled(name, make, optimizer=adam, *, by_batch=True):
    """Put a loop on the list whose rates a schedule sets, after each batch or each epoch."""

    @right_variant(f"schedule_{name}", part="finetune")
    def case():
        def train(args, model):
            chosen = optimizer(by_name(model), args)
            schedule = make(chosen)
            for _ in range(args.epochs):
                model.train()
                for images, masks in batches(args.train_batch_size):
                    step(model, chosen, images, masks)
                    if by_batch:
                        schedule.step()
                if not by_batch:
                    schedule.step()

        return notebook(train=train)

    return case


warm_up = scheduled("from_0", lambda o: lr_scheduler.LambdaLR(o, lambda n: min(1, n / 4)))
warm_up_sgd = scheduled(
    "from_0_with_momentum", lambda o: lr_scheduler.LambdaLR(o, lambda n: min(1, n / 4)), sgd
)
warm_up_by_epoch = scheduled(
    "from_0_by_epoch", lambda o: lr_scheduler.LambdaLR(o, lambda n: min(1, n / 2)), by_batch=False
)
cyclic = scheduled("cyclic_from_0", lambda o: lr_scheduler.CyclicLR(o, 0.0, 0.01), sgd)
one_cycle = scheduled("one_cycle", lambda o: lr_scheduler.OneCycleLR(o, 0.01, total_steps=50))


@right_variant("gradients_of_eight_batches", part="finetune")
def of_eight_batches():
    """There are but four: the loop comes to its first step when they come over again."""

    def train(args, model):
        optimizer = adam(by_name(model), args)
        for _ in range(args.epochs):
            model.train()
            optimizer.zero_grad()
            for i, (images, masks) in enumerate(batches(args.train_batch_size)):
                (compute_loss(model(images)["out"], masks) / 8).backward()
                if (i + 1) % 8 == 0:
                    optimizer.step()
                    optimizer.zero_grad()

    return notebook(train=train)


def cast_in_train(name, dtype, optimizer=adam):
    """Put a loop on the list that casts the network as it begins."""

    @right_variant(f"cast_in_train_{name}", part="finetune")
    def case():
        def stepped(model, optimizer, images, masks):
            optimizer.zero_grad()
            compute_loss(model(images.to(dtype))["out"].float(), masks).backward()
            optimizer.step()

        def train(args, model):
            model.to(dtype)
            training(step=stepped, optimizer=optimizer)(args, model)

        return notebook(train=train)

    return case


to_bfloat16 = cast_in_train("bfloat16", torch.bfloat16, sgd)
to_double = cast_in_train("double", torch.float64)


def put_together(name, features_of):
    """Put a loop on the list that calls the network's parts, not the network."""

    @right_variant(name, part="finetune")
    def case():
        def stepped(model, optimizer, images, masks):
            optimizer.zero_grad()
            small = model.classifier[4](features_of(model, images))
            scores = F.interpolate(small, images.shape[-2:], mode="bilinear", align_corners=False)
            compute_loss(scores, masks).backward()
            optimizer.step()

        return notebook(train=training(step=stepped))

    return case


def first_layers(model, images):
    return model.classifier[:4](model.backbone(images)["out"])


layers_called_in_turn = put_together("layers_called_in_turn", first_layers)
features_without_gradients = put_together(
    "features_without_gradients", torch.no_grad()(first_layers)
)
