"""Starts the notebook's kernel: `python launch.py -f CONNECTION_FILE`, settings in COLAB_CONFIG."""

from __future__ import annotations

import os
import sys
from importlib import import_module


def main(arguments: list[str]) -> None:
    """Put the world in place, then serve the kernel until it is shut down.

    The imports are here because `colab_world` lies beside this file in a kernel only, and
    because the path to packages must be in order before the first of them is imported.
    """
    packages = import_module("colab_world.packages")
    config = import_module("colab_world.config").Config.from_environment()
    packages.install(config.colab)
    os.environ["COLAB_PYTHON"] = sys.executable  # for the commands in bin
    os.environ.setdefault("MATPLOTLIBRC", str(config.colab / "matplotlibrc"))

    extension = import_module("colab_world.extension")
    extension.prepare_libraries(config)
    import_module("colab_world.offline").prepare()
    # No log of the input on disk: the notebook is the record.
    quiet = import_module("traitlets.config").Config({"HistoryManager": {"enabled": False}})
    app = import_module("ipykernel.kernelapp").IPKernelApp.instance(config=quiet)
    app.initialize(arguments)
    packages.order_path([str(config.colab), str(config.colab / "stubs")])  # IPython adds its own
    extension.prepare_shell(app.shell, config)
    app.start()


if __name__ == "__main__":
    main(sys.argv[1:])
