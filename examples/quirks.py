"""What real notebooks have, and where: (what, example, texts of one of its cells in this order).

`BREAKS` stops a run without network, GPU or screen; `SHAPE` is how people fill in and change the
notebook; `INSPECTION` misleads a grader that looks at the code instead of what it computes.
"""

AMELIE, BILAL, CHEN, DANA, EMIL = (
    "amelie-right",
    "bilal-other-style",
    "chen-three-mistakes",
    "dana-unfilled",
    "emil-broken-middle",
)

BREAKS = [
    ("folder made and entered where the loaders are defined", AMELIE,
     ("%mkdir -p /content/csc413/a2/\n%cd /content/csc413/a2\n", "def get_file", "load_cifar10")),
    ("six", AMELIE, ("from six.moves.urllib.request import urlretrieve\n",)),
    ("scipy.misc", AMELIE, ("import scipy.misc\n", "import torch\n")),
    ("torchsummary", BILAL, ("import torch\n", "from torchsummary import summary\n")),
    ("URLError, never imported", AMELIE, ("except URLError",)),
    ("five slices of 10,000 rows", AMELIE, ("np.zeros((50000, 3, 32, 32)", "* 10000")),
    ("division of the whole set", AMELIE, ("xs = xs / max_pixel\n", "HORSE_CATEGORY")),
    ("loaded at top level", AMELIE, ("\n(x_train, y_train), (x_test, y_test) = load_cifar10()",)),
    ("argument missing below 100 images", AMELIE, ("< 100:\n        return _get_rgb_cat(xs)\n",)),
    ("view by batch size", AMELIE, ("view([batch_size * 32 * 32, num_colours])",)),
    ("pickles read as bytes", AMELIE, ("encoding='bytes'",)),
    ("pickles read as latin1", BILAL, ("encoding='latin1'",)),
    ("GPU asked for", AMELIE, ("'gpu': True",)),
    ("moved to the GPU", AMELIE, ("xs = xs.cuda()",)),
    ("network moved to the GPU", AMELIE, ("cnn.cuda()",)),
    ("GPU cache emptied", AMELIE, ("\ntorch.cuda.empty_cache()\n",)),
    ("threads in Part A", AMELIE, ("def train(args, cnn=None)", "torch.set_num_threads(5)")),
    ("threads in Part C", AMELIE, ("def train(args, model)", "torch.set_num_threads(5)")),
    ("CNN trained at top level", AMELIE, ("'epochs': 25", "\ncnn = train(args)")),
    ("UNet trained at top level", AMELIE,
     ("'batch_size': 100", "'epochs': 25", "\nunet_cnn = train(args)")),
    ("batches of 10", AMELIE, ("args.batch_size = 10\n", "train(args)")),
    ("batches of 50", AMELIE, ("args.batch_size = 50\n", "train(args)")),
    ("frozen, replaced and trained in one cell", AMELIE,
     ("requires_grad = False", "nn.Conv2d(256, 2, kernel_size=1)", "\ntrain(args, model)")),
    ("network from the hub", AMELIE,
     ("torch.hub.load('pytorch/vision:v0.5.0', 'deeplabv3_resnet101', pretrained=True)",)),
    ("network printed", AMELIE, ("print(model)",)),
    ("guarded wget and tar", AMELIE,
     ("if not os.path.exists('jpg'):\n    !wget ", "\n    !tar xvzf")),
    ("workers, last batch dropped", AMELIE, ("num_workers=4, drop_last=True",)),
    ("large batches", AMELIE, ("'train_batch_size': 128", "'val_batch_size': 256")),
    ("loaders built for each picture", AMELIE, ("def plot_prediction", "= initialize_loader(")),
    ("compared with None", AMELIE, ("best_iou = None\n", "if val_iou > best_iou")),
    ("whole network saved", AMELIE, ("torch.save(model, ", "-best.ckpt')")),
    ("grid turned on by 'off'", AMELIE, ("fig = plt.figure(", "plt.grid('off')")),
    ("pip", BILAL, ("!pip install torch torchvision",)),
    ("git", BILAL, ("!git clone ",)),
    ("a plot of what hand-run repeats filled", EMIL, ("plt.plot([5, 10, 50, 100], times_by_hand",)),
    ("a cell that raises in the middle", EMIL, ("plot_activation(arg, cnn)",)),
]  # fmt: skip

SHAPE = [
    ("learning rate of 0.3", AMELIE, ("'model': 'CNN'", "'learn_rate': 0.3")),
    ("two classes in a cell", AMELIE, ("class MyConv2d", "class CNN")),
    ("validation reads the global args", AMELIE,
     ("def run_validation_step(cnn", "get_torch_vars(xs, ys, args.gpu)")),
    ("another signature", BILAL, ("def train(args, cnn=None, show_curve=True)",)),
    ("three results", BILAL, ("return cnn, train_losses, valid_accs",)),
    ("old loss kept as comments", BILAL, ("def compute_loss", "# scores = outputs.transpose")),
    ("an extra training cell", BILAL, ("# the same again", "train(args, show_curve=False)")),
    ("an extra plotting cell", BILAL, ("fig = plt.figure()\nplt.plot(range(1, len(unet_losses)",)),
    ("code below the closing line", BILAL, ("TO HERE ##########\n    learned_parameters = [",)),
    ("network below the closing line", BILAL, ("TO HERE ##########\n        self.enc1 =",)),
    ("UNet before Part A's training", BILAL, ("# Part B's network", "class UNet")),
    ("bodies of comments only", DANA,
     ("def forward(self, x):\n        ########## WRITE FROM HERE ##########\n\n        ######",)),
    ("optimizer without parameters", DANA, ("learned_parameters = []\n    ####", "TO HERE")),
]  # fmt: skip

INSPECTION = [
    ("direct forward calls", BILAL, ("self.conv1.forward(x)",)),
    ("functional calls", BILAL, ("F.relu(", "F.max_pool2d(", "F.interpolate(")),
    ("in-place ReLU", BILAL, ("nn.ReLU(True)",)),
    ("layers in a list", BILAL, ("nn.ModuleList(",)),
    ("one pooling for two blocks", BILAL, ("self.pool(self.enc1(", "self.pool(self.enc2(")),
    ("joins in mixed orders", BILAL, ("(self.e2, mid)", "(d1, self.e1)", "(x, d2)")),
    ("activations kept", BILAL, ("self.e1 = ",)),
    ("frozen after the replacement", BILAL,
     ("model._modules['classifier'][4] =", "requires_grad_(False)", "requires_grad = True")),
    ("prefix misused", CHEN, ("named_parameters(prefix='classifier.4')",)),
    ("head by a negative index", CHEN, ("model.classifier[-1] =",)),
    ("head by _modules", EMIL, ("model.classifier._modules['4'] =",)),
]  # fmt: skip

QUIRKS = BREAKS + SHAPE + INSPECTION
