"""Torch's errors in the assignment's words: wordings of torch 2.0 to the newest, and our answers.

`PROVOKED` are raised here by the torch that is installed. `WORDINGS` are those of the version in
front of them: what torch 2.14.1 said to these calls, and for older ones the texts that lie in the
wheels' libraries and modules, with numbers in their places.
"""

from collections import OrderedDict

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from grader.assignment.torch_errors import PATTERNS, RECORDS, meaning
from grader.model import StudentError

X = torch.zeros(2, 4, 8, 8)
SMALL = torch.zeros(2, 4, 4, 4)

WORDINGS = """
2.0.1  channels  Given groups=1, weight of size [32, 128, 3, 3], expected input[3, 64, 8, 8] to have 128 channels, but got 64 channels instead
2.14.1 channels  Given groups=1, weight of size [32, 1, 3, 3], expected input[3, 3, 32, 32] to have 1 channels, but got 3 channels instead
2.14.1 channels  Given transposed=1, weight of size [8, 4, 2, 2], expected input[2, 4, 8, 8] to have 8 channels, but got 4 channels instead
2.0.1  batchnorm_channels  running_mean should contain 64 elements not 32
2.14.1 batchnorm_channels  weight should contain 64 elements not 32
2.0.1  batchnorm_axes  expected 4D input (got 3D input)
2.8.0  batchnorm_axes  expected 2D or 3D input (got 4D input)
2.0.1  batchnorm_one_value  Expected more than 1 value per channel when training, got input size torch.Size([1, 4, 1, 1])
2.0.1  bias_length  Given weight of size [4, 4, 3, 3], expected bias to be 1-dimensional with 4 elements, but got bias of size [7] instead
2.0.1  cat_channels_sizes  Sizes of tensors must match except in dimension 1. Expected size 16 but got size 8 for tensor number 1 in the list.
2.4.1  cat_axis  Sizes of tensors must match except in dimension 2. Expected size 64 but got size 32 for tensor number 1 in the list.
2.14.1 cat_axis  Sizes of tensors must match except in dimension 0. Expected size 32 but got size 64 for tensor number 1 in the list.
2.0.1  cat_no_axis  torch.cat(): expected a non-empty list of Tensors
2.0.1  cat_arguments  cat() takes from 1 to 2 positional arguments but 3 were given
2.0.1  cat_arguments  cat(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor
2.8.0  cat_arguments  cat() got an unexpected keyword argument 'axes'
2.14.1 cat_arguments  cat(): argument 'dim' (position 2) must be int, not float
2.0.1  cat_nothing  expected Tensor as element 1 in argument 0, but got NoneType
2.8.0  cat_something  expected Tensor as element 1 in argument 0, but got list
2.0.1  axes_differ  Tensors must have same number of dimensions: got 4 and 2
2.0.1  axis_range  Dimension out of range (expected to be in range of [-4, 3], but got 4)
2.0.1  sum_of_channels  The size of tensor a (64) must match the size of tensor b (32) at non-singleton dimension 1
2.8.0  sum_of_sizes  The size of tensor a (8) must match the size of tensor b (4) at non-singleton dimension 3
2.0.1  kernel_larger  Calculated padded input size per channel: (2 x 2). Kernel size: (5 x 5). Kernel size can't be greater than actual input size
2.0.1  pooled_away  Given input size: (1x1x1). Calculated output size: (1x0x0). Output size is too small
2.0.1  conv_axes  Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [2, 4]
2.0.1  reshape_sizes  shape '[2, 5, -1]' is invalid for input of size 512
2.0.1  view_stride  view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.
2.0.1  linear  mat1 and mat2 shapes cannot be multiplied (2x256 and 10x2)
2.4.1  linear  linear(): input and weight.T shapes cannot be multiplied (2x256 and 10x2)
2.0.1  upsample_size  either size or scale_factor should be defined
2.0.1  fraction  empty(): argument 'size' (position 1) must be tuple of ints, but found element of type float at pos 3
2.4.1  fraction  empty(): argument 'size' failed to unpack the object at pos 3 with error "type must be tuple of ints,but got float"
2.14.1 fraction  empty() takes 1 positional argument but 4 were given
2.0.1  negative_size  Trying to create tensor with negative dimension -1: [-1, 2]
2.0.1  devices  Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!
2.0.1  devices  Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the same
2.0.1  dtype  Input type (double) and bias type (float) should be the same
2.14.1 dtype  Input type (torch.FloatTensor) and weight type (torch.DoubleTensor) should be the same or input should be a MKLDNN tensor and weight is a dense tensor
2.0.1  dtype_mixed  mat1 and mat2 must have the same dtype
2.4.1  dtype_mixed  mat1 and mat2 must have the same dtype, but got Double and Float
2.0.1  dtype_mixed  expected scalar type Double but found Float
2.0.1  dtype_mixed  mixed dtype (CPU): expect input to have scalar type of BFloat16
2.8.0  dtype_mixed  mixed dtype (CPU): all inputs must share same datatype.
2.0.1  dtype_whole  "batch_norm" not implemented for 'Long'
2.0.1  nothing_in  conv2d() received an invalid combination of arguments - got (NoneType, Parameter, Parameter, tuple, tuple, tuple, int), but expected one of:
2.0.1  nothing_in  max_pool2d(): argument 'input' (position 1) must be Tensor, not NoneType
2.14.1 nothing_in  'NoneType' object has no attribute 'dim'
2.14.1 nothing_in  unsupported operand type(s) for +: 'Tensor' and 'NoneType'
ours   returns_nothing  UNet's forward returns nothing
2.0.1  list_in  conv2d() received an invalid combination of arguments - got (list, Parameter, Parameter, tuple, tuple, tuple, int), but expected one of:
2.14.1 list_in  max_pool2d(): argument 'input' (position 1) must be Tensor, not tuple
2.14.1 nothing_called  'NoneType' object is not callable
2.0.1  in_place  one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [2, 4, 8, 8]], which is output 0 of ReluBackward0, is at version 1; expected version 0 instead.
2.0.1  in_place_leaf  a leaf Variable that requires grad is being used in an in-place operation.
2.0.1  in_place_leaf  a view of a leaf Variable that requires grad is being used in an in-place operation.
2.0.1  no_gradient  element 0 of tensors does not require grad and does not have a grad_fn
2.14.1 second_backward  Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed).
2.0.1  not_a_leaf  you can only change requires_grad flags of leaf variables.
2.0.1  optimizer_empty  optimizer got an empty parameter list
2.0.1  optimizer_kind  optimizer can only optimize Tensors, but one of the params is str
2.14.1 optimizer_single  params argument given to the optimizer should be an iterable of Tensors or dicts, but got torch.FloatTensor
2.0.1  optimizer_computed  can't optimize a non-leaf Tensor
2.0.1  no_super  cannot assign module before Module.__init__() call
2.0.1  no_forward  Module [UNet] is missing the required "forward" function
2.0.1  no_such_layer  'UNet' object has no attribute 'blok1'
2.0.1  sequential_list  list is not a Module subclass
2.0.1  layer_overwritten  cannot assign 'torch.FloatTensor' as child module 'relu' (torch.nn.Module or None expected)
2.14.1 list_called  'list' object is not callable
2.14.1 value_called  'tuple' object is not callable
2.14.1 arguments_more  ReLU.forward() takes 2 positional arguments but 3 were given
2.14.1 arguments_fewer  MyConv2d.__init__() missing 1 required positional argument: 'kernel_size'
2.14.1 arguments_other  MyConv2d.__init__() got an unexpected keyword argument 'pad'
2.14.1 no_such_name  name 'self_conv1' is not defined
2.14.1 not_yet_set  cannot access local variable 'y' where it is not associated with a value
2.0.1  not_yet_set  local variable 'y' referenced before assignment
2.14.1 recursion  maximum recursion depth exceeded in comparison
2.14.1 fraction  randn(): argument 'size' failed to unpack the object at pos 3 with error "type must be tuple of ints,but got float"
2.0.1  masks_dtype  expected scalar type Long but found Float
2.0.1  masks_dtype  "nll_loss2d_forward_out_frame" not implemented for 'Float'
2.14.1 masks_dtype  expected target dtype to be Long or Byte, but got Double
2.0.1  dtype_whole  "host_softmax" not implemented for 'Long'
2.0.1  masks_axes  only batches of spatial targets supported (3D tensors) but got targets of dimension: 4
2.14.1 masks_axes  only batches of spatial targets supported (3D tensors) but got targets of size: : [2, 1, 8, 8]
2.8.0  masks_axes  Expected target size [2, 8], got [2, 9]
2.0.1  masks_classes  Target 2 is out of bounds.
2.0.1  answer_dict  cross_entropy_loss(): argument 'input' (position 1) must be Tensor, not collections.OrderedDict
2.14.1 answer_dict  'collections.OrderedDict' object has no attribute 'size'
2.14.1 answer_dict  'OrderedDict' object has no attribute 'shape'
2.0.1  conv_arguments  conv2d() received an invalid combination of arguments - got (Tensor, Parameter, Parameter, padding=NoneType), but expected one of:
2.14.1 conv_arguments  conv2d(): argument 'padding' must be tuple of ints, not NoneType
2.0.1  weight_axes  weight should have at least three dimensions
2.0.1  backward_of_many  grad can be implicitly created only for scalar outputs
2.0.1  item_of_many  a Tensor with 2 elements cannot be converted to Scalar
2.0.1  item_of_many  only one element tensors can be converted to Python scalars
2.0.1  numpy_of_gradient  Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.
2.14.1 name_for_parameter  'str' object has no attribute 'requires_grad'
2.14.1 name_for_parameter  'tuple' object has no attribute 'requires_grad'
2.14.1 value_called  'Parameter' object is not callable
2.14.1 generator  'generator' object is not subscriptable
2.14.1 generator  object of type 'generator' has no len()
2.14.1 not_indexed  'Conv2d' object is not subscriptable
2.14.1 not_a_list  'Conv2d' object is not iterable
2.14.1 taken_apart  too many values to unpack (expected 2)
2.14.1 taken_apart  not enough values to unpack (expected 2, got 1)
2.0.1  parameter_overwritten  cannot assign 'torch.FloatTensor' as parameter 'weight' (torch.nn.Parameter or None expected)
"""  # noqa: E501
ROWS = [line.split(maxsplit=2) for line in WORDINGS.strip().splitlines()]


@pytest.mark.parametrize(("version", "name", "message"), ROWS)
def test_a_wording_of_torch_is_understood(version, name, message):
    found = meaning(StudentError("RuntimeError", message))
    assert found is not None
    assert found.name == name
    assert "{" not in found.says + found.look_for


def test_every_record_has_a_wording_and_many_are_of_old_versions():
    assert {name for _, name, _ in ROWS} == set(RECORDS)
    assert len(ROWS) >= 90
    assert sum(version == "2.0.1" for version, _, _ in ROWS) >= 50


def conv(x, channels=4, **more):
    return nn.Conv2d(channels, 4, 1, **more)(x)


def in_place():
    y = F.relu(conv(X))
    z = y * y
    y += 1
    z.sum().backward()


class NoSuper(nn.Module):
    def __init__(self):
        self.layer = nn.ReLU()


class Overwrites(nn.Module):
    def __init__(self):
        super().__init__()
        self.relu = nn.ReLU()
        self.relu = torch.zeros(2)


class Fills(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(2))
        self.weight = torch.zeros(2)


def backward_twice():
    y = conv(X).sum()
    y.backward()
    y.backward()


PROVOKED = {
    "channels": lambda: conv(X, 8),
    "batchnorm_channels": lambda: nn.BatchNorm2d(32)(X),
    "batchnorm_axes": lambda: nn.BatchNorm2d(4)(X[0]),
    "batchnorm_one_value": lambda: nn.BatchNorm2d(4)(X[:1, :, :1, :1]),
    "bias_length": lambda: F.conv2d(X, torch.zeros(4, 4, 3, 3), torch.zeros(7)),
    "cat_channels_sizes": lambda: torch.cat((X, SMALL), 1),
    "cat_axis": lambda: torch.cat((X, SMALL), 2),
    "cat_no_axis": lambda: torch.cat([], 1),
    "cat_arguments": lambda: torch.cat(X, X),
    "cat_nothing": lambda: torch.cat((X, None), 1),
    "cat_something": lambda: torch.cat((X, [X]), 1),
    "axes_differ": lambda: torch.cat((X, X[0]), 1),
    "axis_range": lambda: torch.cat((X, X), 4),
    "sum_of_channels": lambda: X + torch.zeros(2, 8, 8, 8),
    "sum_of_sizes": lambda: X + SMALL,
    "kernel_larger": lambda: F.conv2d(SMALL, torch.zeros(4, 4, 9, 9)),
    "pooled_away": lambda: nn.MaxPool2d(2)(X[:, :, :1, :1]),
    "conv_axes": lambda: conv(X[None]),
    "reshape_sizes": lambda: X.view(2, 5, -1),
    "view_stride": lambda: X.transpose(1, 2).view(2, -1),
    "linear": lambda: nn.Linear(10, 2)(X.view(2, -1)),
    "upsample_size": lambda: nn.Upsample()(X),
    "fraction": lambda: conv(X, 8 / 2),
    "negative_size": lambda: torch.empty(-1, 2),
    "dtype": lambda: conv(X.double()),
    "dtype_mixed": lambda: nn.BatchNorm2d(4)(X.double()),
    "dtype_whole": lambda: nn.BatchNorm2d(4)(X.long()),
    "nothing_in": lambda: conv(None),
    "list_in": lambda: conv([X]),
    "nothing_called": lambda: vars(nn).get("nothing")(X),
    "in_place": in_place,
    "in_place_leaf": lambda: nn.Parameter(torch.zeros(2)).add_(1),
    "no_gradient": lambda: X.sum().backward(),
    "second_backward": backward_twice,
    "not_a_leaf": lambda: setattr(conv(X), "requires_grad", False),
    "optimizer_empty": lambda: torch.optim.Adam([]),
    "optimizer_kind": lambda: torch.optim.Adam(["weight"]),
    "optimizer_single": lambda: torch.optim.Adam(X),
    "optimizer_computed": lambda: torch.optim.Adam([conv(X)]),
    "no_super": NoSuper,
    "no_forward": lambda: nn.Module()(X),
    "no_such_layer": lambda: nn.ReLU().blok1,
    "layer_overwritten": Overwrites,
    "sequential_list": lambda: nn.Sequential([nn.ReLU()]),
    "list_called": lambda: list(map(nn.ReLU, ()))(X),
    "masks_dtype": lambda: F.cross_entropy(X, X[:, 0].long().double()),
    "masks_axes": lambda: F.cross_entropy(X, X[:, :1].long()),
    "masks_classes": lambda: F.cross_entropy(X, X[:, 0].long() + 7),
    "answer_dict": lambda: F.cross_entropy(OrderedDict(out=X), X[:, 0].long()),
    "conv_arguments": lambda: F.conv2d(X, torch.zeros(4, 4, 1, 1), None, padding=None),
    "weight_axes": lambda: F.conv2d(X, torch.zeros(4, 4)),
    "backward_of_many": lambda: conv(X).backward(),
    "item_of_many": lambda: X.item(),
    "numpy_of_gradient": lambda: conv(X).numpy(),
    "name_for_parameter": lambda: [n.requires_grad for n in dict(nn.ReLU().named_modules())],
    "generator": lambda: nn.ReLU().parameters()[0],
    "not_indexed": lambda: nn.ReLU()[0],
    "not_a_list": lambda: torch.optim.Adam(nn.ReLU()),
    "taken_apart": lambda: [n for n, p in nn.Conv2d(3, 3, 1).parameters()],
    "parameter_overwritten": Fills,
    "arguments_more": lambda: nn.ReLU()(X, X),
    "arguments_fewer": lambda: nn.Conv2d(4, 4),
    "arguments_other": lambda: conv(X, pad=1),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PROVOKED)
def test_what_the_installed_torch_says_is_understood(name):
    with pytest.raises(Exception) as raised:  # noqa: PT011 - what it says is the matter
        PROVOKED[name]()
    error = StudentError(type(raised.value).__name__, str(raised.value).splitlines()[0])
    found = meaning(error)
    assert found is not None, error
    assert found.name == name, error


def test_a_sentence_names_the_numbers():
    message = "Given groups=1, weight of size [32, 128, 3, 3], expected input[3, 64, 8, 8] to have 128 channels, but got 64 channels instead"  # noqa: E501
    error = StudentError("RuntimeError", message)
    assert meaning(error).says == "64 channels come in, 128 were announced"
    assert "torch.cat that is missing" in meaning(error, "UNet").look_for
    assert "torch.cat that is missing" not in meaning(error, "CNN").look_for


def test_a_join_that_is_there_is_not_said_to_be_missing():
    message = "Given groups=1, weight of size [32, 96, 3, 3], expected input[3, 128, 8, 8] to have 96 channels, but got 128 channels instead"  # noqa: E501
    found = meaning(StudentError("RuntimeError", message), "UNet")
    assert found.says == "128 channels come in, 96 were announced"
    assert "in_channels" in found.look_for
    assert "missing" not in found.look_for


def test_a_dtype_and_an_axis_are_called_as_in_python():
    error = StudentError(
        "RuntimeError", "Input type (c10::Half) and bias type (float) should be the same"
    )
    assert meaning(error).says == "numbers of dtype float16 come into a layer that has float32"
    message = "Sizes of tensors must match except in dimension 2. Expected size 64 but got size 32 for tensor number 1 in the list."  # noqa: E501
    assert "along axis 2 (height)" in meaning(StudentError("RuntimeError", message)).says


@pytest.mark.parametrize("message", ["", "boom", "Given groups=1", "name 'x' is not"])
def test_anything_else_is_left_as_it_is(message):
    assert meaning(StudentError("RuntimeError", message)) is None


@pytest.mark.parametrize("name", RECORDS)
def test_a_sentence_reads_on_and_has_no_full_stop(name):
    record = RECORDS[name]
    assert set(record) <= {"pattern", "says", "look_for", "unet", "conv2d"}
    for key in {*record} - {"pattern"}:
        text = record[key]
        assert text == text.strip()
        assert not text.endswith(".")
        assert text.count("`") % 2 == 0
        assert len(text) <= 140
    assert PATTERNS[name].groups == len(PATTERNS[name].groupindex), "each group has a name"


def test_a_layer_is_not_told_of_joins():
    message = "Given groups=1, weight of size [4, 2, 3, 3], expected input[1, 3, 8, 8] to have 2 channels, but got 3 channels instead"  # noqa: E501
    look_for = meaning(StudentError("RuntimeError", message), "MyConv2d").look_for
    assert look_for.startswith("the shape of the weight")


def test_what_comes_earlier_in_the_table_still_counts():
    """A mask of floats is not "two dtypes in one layer", and a dict of scores no list."""
    for message, name in (
        ("expected scalar type Double but found Float", "dtype_mixed"),
        ("'OrderedDict' object is not callable", None),
        ("'UNet' object has no attribute 'shape'", "no_such_layer"),
    ):
        found = meaning(StudentError("RuntimeError", message))
        assert (found and found.name) == name
