"""Why an import failed: a package of the world's that is missing, or a mistake of the notebook's.

What is missing becomes a placeholder (`absent.py`), and is told once, as nobody's fault.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

from .absent import NOT_FETCHED, NOT_IN, NOT_INSTALLED, Absent, AbsentPackage
from .notes import note

# Words of a line that fetches code from the network, such as a repository or a module.
FETCHES = (("git", "clone"), ("wget", ".py"), ("curl", ".py"), ("pip", "git+"))
# The grader's own: whoever looks for it gets Python's plain error.
OWN = frozenset({"grader", "reference", "tests"})
# Packages that are installed, never fetched: said of them even where something else is fetched.
PACKAGES = frozenset(
    {
        "albumentations", "bs4", "cupy", "datasets", "einops", "fastai", "gdown", "h5py", "imageio",
        "imgaug", "ipympl", "ipywidgets", "jax", "joblib", "kaggle", "keras", "kornia", "lightning",
        "moviepy", "nltk", "numba", "pandas", "plotly", "psutil", "pytorch_lightning", "requests",
        "seaborn", "skimage", "sklearn", "statsmodels", "tensorboard", "tensorboardX", "tensorflow",
        "tensorflow_datasets", "timm", "torchaudio", "torchinfo", "torchmetrics", "torchtext",
        "torchviz", "transformers", "wandb",
    }
)  # fmt: skip


class Missing:
    """Answers failed imports of one notebook, whose own files lie below `content`."""

    def __init__(self, content: Path) -> None:
        self.content = content.resolve()
        self.fetches = False

    def begin(self, source: str) -> None:
        """Look in a cell's source for code that it fetches."""
        lines = (line for line in source.splitlines() if not line.lstrip().startswith("#"))
        self.fetches = self.fetches or any(
            all(word in line for word in words) for line in lines for words in FETCHES
        )

    def placeholder(self, module: str, name: str | None = None) -> ModuleType:
        """Return what stands for `module`, or for `name` in it; called while the import fails.

        A module that is there is returned itself: only a part of it could not be imported.

        Raises:
            ImportError: the one at hand, where the notebook's own files are what fails.
        """
        error = sys.exc_info()[1]
        if not isinstance(error, ImportError) or self._is_theirs(error, module):
            raise
        whole = f"{module}.{name}" if name else module
        if isinstance(error, AbsentPackage):
            return Absent(whole, str(error))
        reason = self._reason(error, whole)
        return Absent(whole, reason) if name or module not in sys.modules else sys.modules[module]

    def _is_theirs(self, error: ImportError, module: str) -> bool:
        if isinstance(error, ModuleNotFoundError):
            return (error.name or "grader").partition(".")[0] in OWN  # no name: raised by hand
        path = error.path or getattr(sys.modules.get(module), "__file__", None)
        return path is None or self.content in Path(path).resolve().parents

    def _reason(self, error: ImportError, whole: str) -> str:
        found = error.name if isinstance(error, ModuleNotFoundError) else None
        missing = found or whole
        package, _, rest = missing.partition(".")
        if package in sys.modules and rest:
            module, _, name = missing.rpartition(".")
            reason = NOT_IN.format(module, name)
        elif self.fetches and package not in PACKAGES:
            reason = NOT_FETCHED.format(missing)
        else:
            missing, reason = package, NOT_INSTALLED.format(package)
        note(missing, f"{reason}; only the lines that use it are lost")
        return reason
