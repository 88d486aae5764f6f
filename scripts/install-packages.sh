#!/bin/sh
# Installs the grader with pip: install-packages.sh PYTHON [ARGUMENT OF PIP]...
# On Linux the usual wheels of torch bring 4 GB of CUDA. Where there is no NVIDIA GPU, torch and
# torchvision are taken from PyTorch's own index first, both from it, since a torchvision of one
# build does not load with a torch of the other. Where that index cannot be reached, the usual ones do.
set -eu
python=$1
shift
index=${TORCH_INDEX:-https://download.pytorch.org/whl/cpu}
pip="$python -m pip --disable-pip-version-check install --quiet"

wanted() { # does this machine gain by it?
    [ "$(uname -s)" = Linux ] && [ "$(uname -m)" = x86_64 ] || return 1
    if command -v nvidia-smi >/dev/null 2>&1 && nvidia-smi -L >/dev/null 2>&1; then return 1; fi
    ! "$python" -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("torch") is None)'
}

if wanted; then
    $pip --no-deps --retries 0 --timeout 10 --index-url "$index" torch torchvision 2>/dev/null ||
        echo "no CPU wheels of torch at $index; the usual ones are taken" >&2
fi
$pip "$@"
