"""New last layers, each with one sin; and networks that are not there, or not pretrained."""

from finetune_parts import (
    freeze,
    new_layer,
    notebook,
    pretrained,
)
from torch import nn
from torchvision.models.segmentation.deeplabv3 import DeepLabHead

from grader.proving.cases import mutant

CAUGHT = ["finetune.head"]


def puts(mistake, name=None):
    """Mark a function that puts the new layer into a frozen network."""

    def mark(place):
        @mutant(mistake, part="finetune", caught_by=CAUGHT, name=name)
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
    model.aux_classifier[4] = nn.Conv2d(256, 2, 1)


@puts("head_wrong_index", name="head_wrong_index_appended")
def behind_the_last(model):
    model.classifier.add_module("5", nn.Conv2d(21, 2, 1))


@puts("head_wrong_index", name="head_wrong_index_attribute")
def beside_the_classifier(model):
    model.classifier4 = new_layer()


@puts("classifier_replaced")
def whole_head(model):
    model.classifier = DeepLabHead(2048, 2)


@puts("classifier_replaced", name="classifier_replaced_refrozen")
def whole_head_then_frozen(model):
    model.classifier = DeepLabHead(2048, 2)
    freeze(model)
    model.classifier[4].requires_grad_(True)


@mutant(
    "classifier_replaced",
    part="finetune",
    caught_by=[*CAUGHT, "finetune.selection"],
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


@mutant(("head_kernel", "not_frozen"), part="finetune", caught_by=[*CAUGHT, "finetune.frozen"])
def wrong_kernel_and_nothing_frozen():
    def prepare(model):
        model.classifier[4] = nn.Conv2d(256, 2, 3, padding=1)

    return notebook(prepare)


@mutant(
    "missing",
    part="finetune",
    caught_by=[*CAUGHT, "finetune.selection"],
    name="model_missing",
)
def model_missing():
    return notebook() | {"model": None}


@mutant("below_band", part="finetune", caught_by=["finetune.mean_iou"])
def not_pretrained():
    return notebook(model=pretrained(None))


@puts("head_type", name="head_type_with_relu")
def with_relu(model):
    model.classifier[4] = nn.Sequential(new_layer(), nn.ReLU())


@puts("head_type", name="head_type_transposed")
def transposed(model):
    model.classifier[4] = nn.ConvTranspose2d(256, 2, 1)


@puts("head_channels", name="head_channels_of_part_a")
def colours(model):
    model.classifier[4] = nn.Conv2d(256, 24, 1)


@puts("head_wrong_index", name="head_wrong_index_fc")
def fully_connected(model):
    model.fc = new_layer()


@puts("head_not_replaced", name="head_not_replaced_local")
def in_a_local_name(model):
    layer = model.classifier[4]
    layer = new_layer()  # noqa: F841
