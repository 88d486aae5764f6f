"""What real notebooks of 2020 have that makes them dear: they read with OpenCV, train and plot.

Pieces for `examples.notebook_builder`, drawn at random in the proportions that were counted in
some fifty public notebooks: Part C reads its pictures with cv2 and draws predictions out of
batches of 64, UNet is trained up to five times with other batch sizes, CNN perhaps twice, and
1.3 to 3 MB of pictures lie in the file, whose kernel is mostly called `python2`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from examples.notebook_builder import RIGHT, Notebook, build_notebook, with_pictures
from examples.saved_outputs import ordinary_outputs

# Batch sizes of the further UNet runs, as often as they were seen, about.
SIZES = (10, 10, 50, 50, 5, 20, 200, 250, 300, 500, 1000, 30, 256, 1, 128)
RUNS = (0, 1, 1, 2, 2, 2, 3, 4)
FLOWER_BATCHES = ((128, 256),) * 6 + ((64, 64), (32, 64), (128, 128))
KERNELS = ("python2",) * 5 + ("python3",)
LEAVES_PART = 5000  # horses; sizes that do not divide them need a loss that asks the batch

FLOWER_DATA = '''\
import cv2
import torch.utils.data as data


class CUB(data.Dataset):
    """Flowers and their masks, read with OpenCV."""
    def __init__(self, numbers, side=224):
        self.side = side
        self.numbers = [n for n in numbers if os.path.exists('trimaps/image_%04d.png' % n)]

    def _read(self, path):
        image = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        return cv2.resize(image, (self.side, self.side))

    def _normalize(self, image):
        mean = np.array([0.485, 0.456, 0.406])
        deviation = np.array([0.229, 0.224, 0.225])
        return (image / 255.0 - mean) / deviation

    def __getitem__(self, index):
        number = self.numbers[index]
        image = self._normalize(self._read('jpg/image_%04d.jpg' % number))
        trimap = self._read('trimaps/image_%04d.png' % number)
        mask = np.zeros(trimap.shape[:2])
        mask[np.where(np.all(trimap == np.array([128, 0, 0]), axis=-1))] = 1
        return np.rollaxis(image, 2).astype(np.float32), mask.astype(np.int64)

    def __len__(self):
        return len(self.numbers)


def initialize_loader(train_batch_size=64, val_batch_size=64):
    splits = scipy.io.loadmat('datasplits.mat')
    train_numbers = np.unique(np.concatenate(
        [splits['trn1'].ravel(), splits['trn2'].ravel(), splits['trn3'].ravel()]))
    train_loader = data.DataLoader(CUB(train_numbers), batch_size=train_batch_size, shuffle=True,
                                   num_workers=4, drop_last=True)
    val_loader = data.DataLoader(CUB(splits['val1'].ravel()), batch_size=val_batch_size,
                                 num_workers=4, drop_last=True)
    return train_loader, val_loader
'''
PLOT_PREDICTION = '''\
def plot_prediction(args, model, is_train, index_list=[0], plotpath=None, title=None):
    """Pictures beside true and predicted masks, out of the first batch of a loader."""
    train_loader, val_loader = initialize_loader()
    images, masks = next(iter(train_loader if is_train else val_loader))
    if args.gpu:
        images = images.cuda()
    model.eval()
    with torch.no_grad():
        guess = torch.argmax(model(images)['out'], dim=1).cpu().numpy()
    images = images.cpu().numpy()
    for index in index_list:
        image = np.moveaxis(images[index], 0, 2)
        image = image * np.array([0.229, 0.224, 0.225]) + np.array([0.485, 0.456, 0.406])
        panels = [np.clip(image, 0, 1), masks[index].numpy(), guess[index]]
        fig = plt.figure(figsize=(12, 4))
        for place, panel in enumerate(panels):
            plt.subplot(1, 3, place + 1)
            plt.imshow(panel)
            plt.axis('off')
        if title:
            plt.suptitle(title)
        if plotpath:
            plt.savefig(plotpath + '_%d.png' % index)
        plt.show()
'''
SHOWN = """\
plot_prediction(args, model, is_train=True, index_list=[0, 1, 2, 3])
plot_prediction(args, model, is_train=False, index_list=[0, 1, 2, 3])
"""
ASKS_THE_BATCH = RIGHT["compute_loss"].replace(
    '    scores =', '    batch_size = outputs.size(0)\n    scores ='
)  # fmt: skip
ONE_BY_ONE = """\
args.batch_size = {size}
args.experiment_name = 'colourization_unet_{size}'
unet_{size} = train(args)
"""
LOOP = """\
for size in {sizes}:
    print('batches of', size)
    args.batch_size = size
    args.experiment_name = 'colourization_unet_%d' % size
    train(args)
"""
AGAIN = """\
cnn = train(args)
# %%
args.learn_rate = 0.001
args.experiment_name = 'colourization_cnn_slow'
cnn = train(args)
"""


def pieces(rng: random.Random) -> dict[str, str]:
    """Return the pieces of one notebook that reads, trains and plots as real ones do."""
    sizes = sorted(set(rng.choices(SIZES, k=rng.choice(RUNS))))
    train, val = rng.choice(FLOWER_BATCHES)
    settings = RIGHT["args_part_c"].replace("': 128", f"': {train}").replace("': 256", f"': {val}")
    found = {
        "flower_data": FLOWER_DATA,
        "plot_prediction": PLOT_PREDICTION,
        "show_predictions": SHOWN,
        "args_part_c": settings,
        **_further_runs(sizes, loop=rng.random() < 0.5),
    }
    if any(LEAVES_PART % size or 1000 % size for size in sizes):
        found["compute_loss"] = ASKS_THE_BATCH
    if rng.random() < 0.3:
        found["run_cnn"] = AGAIN
    return found


def _further_runs(sizes: Sequence[int], *, loop: bool) -> dict[str, str]:
    if loop and sizes:
        text = LOOP.format(sizes=list(sizes))
    else:
        text = "\n# %%\n".join(ONE_BY_ONE.format(size=size) for size in sizes)
    return {"train_unet_batch_10": text, "train_unet_batch_50": ""}


def notebook(changes: dict[str, str], rng: random.Random) -> Notebook:
    """Return a notebook with saved outputs and pictures, as large as real ones are."""
    made = build_notebook(
        changes,
        outputs=ordinary_outputs(seed=rng.randrange(1000)),
        minor=rng.randrange(2),
        kernel=rng.choice(KERNELS),
    )
    return with_pictures(made, rng.uniform(1.3, 3.0))
