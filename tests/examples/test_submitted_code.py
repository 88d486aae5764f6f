"""The examples' networks and Part C do what the examples' names say."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from examples.notebook_builder import RIGHT, read_variants

# (kernel, NF, NC, input channels) -> numbers of parameters of the diagrams
CNN_SIZES = {
    (3, 32, 24, 1): 86784,
    (3, 32, 24, 3): 87360,
    (3, 8, 24, 1): 11832,
    (5, 16, 10, 1): 58428,
    (1, 16, 24, 1): 3408,
}
UNET_SIZES = {
    (3, 32, 24, 1): 112344,
    (3, 32, 24, 3): 113352,
    (3, 8, 24, 1): 14928,
    (5, 16, 10, 1): 75478,
    (1, 16, 24, 1): 4328,
}
PEOPLE = {name: RIGHT | read_variants(name) for name in ("bilal", "chen", "emil")} | {
    "amelie": RIGHT
}


def classes(person):
    """The classes of a person's notebook."""
    pieces = PEOPLE[person]
    source = "\n".join([pieces["MyConv2d"], pieces["CNN"], pieces["UNet"]])
    space = {"nn": nn, "F": F, "torch": torch, "math": math}
    exec(source, space)  # noqa: S102 - our own text
    return space


def same_weights(*networks):
    """Give networks with parameters of equal shapes in equal order the same random ones."""
    generator = torch.Generator().manual_seed(0)
    for parameters in zip(*(network.parameters() for network in networks), strict=True):
        values = torch.randn(parameters[0].shape, generator=generator)
        for parameter in parameters:
            parameter.data.copy_(values)


@pytest.mark.parametrize("person", ["amelie", "bilal", "emil"])
@pytest.mark.parametrize("setting", CNN_SIZES, ids=str)
def test_right_cnn(person, setting):
    assert_sizes(classes(person)["CNN"](*setting), setting, CNN_SIZES[setting])


@pytest.mark.parametrize("person", ["amelie", "bilal"])
@pytest.mark.parametrize("setting", UNET_SIZES, ids=str)
def test_right_unet(person, setting):
    assert_sizes(classes(person)["UNet"](*setting), setting, UNET_SIZES[setting])


def assert_sizes(network, setting, parameters):
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters
    image = torch.randn(2, setting[3], 32, 24, generator=torch.Generator().manual_seed(1))
    assert network(image).shape == (2, setting[2], 32, 24)


def test_chen_pools_after_relu_and_is_right_but_for_that():
    wrong, right = classes("chen")["CNN"](3, 6, 5, 1), classes("amelie")["CNN"](3, 6, 5, 1)
    same_weights(wrong, right)
    image = torch.randn(4, 1, 16, 16, generator=torch.Generator().manual_seed(2))
    assert not torch.allclose(wrong(image), right(image), rtol=1e-3, atol=1e-3)
    # pooling first, in the same layers, gives the diagram's function
    pooled = F.relu(wrong.bn1(F.max_pool2d(wrong.conv1(image), 2)))
    pooled = F.relu(wrong.bn2(F.max_pool2d(wrong.conv2(pooled), 2)))
    rest = wrong.relu3(wrong.bn3(wrong.conv3(pooled)))
    rest = wrong.relu4(wrong.bn4(wrong.up4(wrong.conv4(rest))))
    rest = wrong.conv6(wrong.relu5(wrong.bn5(wrong.up5(wrong.conv5(rest)))))
    torch.testing.assert_close(rest, right(image))


def test_chen_lacks_the_last_skip_only():
    sizes = {name: classes(name)["UNet"](3, 6, 5, 1) for name in ("chen", "amelie")}
    counts = {name: sum(p.numel() for p in net.parameters()) for name, net in sizes.items()}
    assert counts["amelie"] - counts["chen"] == 9 * 5  # one input channel less, five maps
    assert sizes["chen"](torch.zeros(2, 1, 16, 16)).shape == (2, 5, 16, 16)


def test_emil_s_unet_raises_in_forward():
    network = classes("emil")["UNet"](3, 6, 5, 1)
    with pytest.raises(RuntimeError, match="to have 12 channels, but got 24"):
        network(torch.zeros(2, 1, 16, 16))


def finetuned(person):
    """The small network after a person's Part C, and the list that the optimizer gets."""
    model = nn.Module()
    for name, seen in (("classifier", 256), ("aux_classifier", 8)):
        layers = [nn.Conv2d(4, seen, 1), nn.BatchNorm2d(seen), nn.ReLU(), nn.Dropout(0.1)]
        setattr(model, name, nn.Sequential(*layers, nn.Conv2d(seen, 21, 1)))
    space = {"nn": nn, "torch": torch, "model": model}
    pieces = PEOPLE[person]
    exec(pieces["freeze_and_replace"], space)  # noqa: S102 - our own text
    exec(pieces["learned_parameters"], space)  # noqa: S102 - our own text
    return model, space["learned_parameters"]


@pytest.mark.parametrize("person", sorted(PEOPLE))
def test_only_the_new_head_learns(person):
    model, _ = finetuned(person)
    learning = [name for name, value in model.named_parameters() if value.requires_grad]
    assert learning == ["classifier.4.weight", "classifier.4.bias"]
    assert model.classifier[4].weight.shape == (2, 256, 1, 1)


@pytest.mark.parametrize("person", ["amelie", "bilal", "emil"])
def test_right_selection(person):
    model, learned = finetuned(person)
    head = model.classifier[4]
    assert {id(value) for value in learned} == {id(head.weight), id(head.bias)}
    assert len(learned) == 2


def test_chen_selects_everything():
    model, learned = finetuned("chen")
    assert [id(value) for value in learned] == [id(value) for value in model.parameters()]
