"""Ways to come to batches, to scores and to a loss in Part C's training loop, all right."""

import copy
import io

import numpy as np
import torch
from finetune_parts import adam, by_name, compute_loss, flowers, notebook, selecting, step, training
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

from grader.proving.cases import right_variant


def batched(name):
    """Mark a function that yields batches of pictures and masks of a size."""

    def mark(batches):
        @right_variant(name, part="finetune")
        def make():
            def train(args, model):
                optimizer = adam(by_name(model), args)
                for _ in range(args.epochs):
                    model.train()
                    for images, masks in batches(args.train_batch_size):
                        step(model, optimizer, images, masks)

            return notebook(train=train)

        return make

    return mark


def losing(name):
    """Mark a function of the network, pictures and masks that returns the loss."""

    def mark(loss_of):
        @right_variant(name, part="finetune")
        def make():
            def one(model, optimizer, images, masks):
                optimizer.zero_grad()
                loss_of(model, images, masks).backward()
                optimizer.step()

            return notebook(train=training(step=one))

        return make

    return mark


@batched("slices_of_the_arrays")
def slices(size):
    pictures, masks = flowers()
    for start in range(0, len(pictures), size):
        yield pictures[start : start + size], masks[start : start + size]


@batched("shuffled_by_randperm")
def shuffled(size):
    pictures, masks = flowers()
    order = torch.randperm(len(pictures))
    for i in range(len(pictures) // size):
        rows = order[i * size : (i + 1) * size]
        yield pictures[rows], masks[rows]


@batched("numpy_batches")
def of_numpy(size):
    pictures, masks = (tensor.numpy() for tensor in flowers())
    rows = np.random.default_rng(0).permutation(len(pictures))
    for chosen in np.split(rows, len(rows) // size):
        yield torch.from_numpy(pictures[chosen]), torch.tensor(masks[chosen], dtype=torch.long)


@batched("splits_zipped")
def splits(size):
    return zip(*(tensor.split(size) for tensor in flowers()), strict=True)


@batched("all_pictures_at_once")
def at_once(size):
    return [flowers()]


@batched("two_pictures_at_a_time")
def two_by_two(size):
    pictures, masks = flowers()
    for i in range(0, len(pictures), 2):
        yield pictures[[i, i + 1]], torch.cat([masks[i][None], masks[i + 1].unsqueeze(0)])


@batched("stacked_from_lists")
def stacked(size):
    pairs = list(zip(*flowers(), strict=True))
    while pairs:
        chosen, pairs = pairs[:size], pairs[size:]
        yield torch.stack([p for p, _ in chosen]), torch.stack([m for _, m in chosen])


class Named(Dataset):
    def __len__(self):
        return len(flowers()[0])

    def __getitem__(self, i):
        pictures, masks = flowers()
        return {"image": pictures[i], "mask": masks[i][None].float(), "name": f"image_{i}"}


@batched("a_loader_of_dictionaries")
def dictionaries(size):
    for batch in DataLoader(Named(), batch_size=size, shuffle=True):
        yield batch["image"], batch["mask"].squeeze(1).long()


@right_variant("batches_drawn_at_random", part="finetune")
def drawn_at_random():
    def train(args, model):
        pictures, masks = flowers()
        optimizer = torch.optim.SGD(by_name(model), lr=args.learn_rate, momentum=0.9)
        for _ in range(20):
            rows = torch.randint(len(pictures), (args.train_batch_size,))
            step(model, optimizer, pictures[rows], masks[rows])

    return notebook(train=train)


@losing("forward_by_name")
def forward_by_name(model, images, masks):
    return compute_loss(model.forward(images)["out"], masks)


@losing("auxiliary_loss_beside")
def auxiliary_loss(model, images, masks):
    found = model(images)
    return compute_loss(found["out"], masks) + 0.4 * compute_loss(found["aux"], masks)


@losing("smoothed_labels")
def smoothed(model, images, masks):
    return F.cross_entropy(model(images)["out"], masks, label_smoothing=0.1)


@losing("rare_class_weighted")
def rare_class(model, images, masks):
    return F.cross_entropy(model(images)["out"], masks, weight=torch.tensor([1.0, 5.0]))


@losing("summed_over_pixels")
def summed(model, images, masks):
    return F.cross_entropy(model(images)["out"], masks, reduction="sum") / 1000


@losing("flattened_scores")
def flattened(model, images, masks):
    scores = model(images)["out"].permute(0, 2, 3, 1).reshape(-1, 2)
    return F.cross_entropy(scores, masks.reshape(-1))


@losing("dice_beside")
def dice_beside(model, images, masks):
    scores = model(images)["out"]
    flower = scores.softmax(1)[:, 1]
    dice = 1 - 2 * (flower * masks).sum() / (flower.sum() + masks.sum())
    return F.cross_entropy(scores, masks) + dice


@losing("looked_at_first")
def looked_at_first(model, images, masks):
    with torch.no_grad():
        seen = model(images)["out"].argmax(1)
    assert seen.shape == masks.shape
    model(images)  # with gradients, and for nothing
    return compute_loss(model(images)["out"], masks)


@right_variant("copied_and_saved_on_the_way", part="finetune")
def copied_and_saved():
    def kept(model, optimizer, images, masks):
        step(model, optimizer, images, masks)
        copy.deepcopy(model).eval()
        torch.save(model, io.BytesIO())

    return notebook(train=training(step=kept))


@right_variant("by_position", part="finetune")
def by_position():
    def select(model):
        names = [name for name, _ in model.named_parameters()]
        first = names.index("classifier.4.weight")
        return list(model.parameters())[first : first + 2]

    return selecting(select)
