#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image. It installs what the grader needs
# where student code may read it, and the grader itself, the reference and the rubric where only
# root may.
set -euo pipefail
ROOT="${AUTOGRADER_ROOT:-/autograder}"
SOURCE="$ROOT/source"
chmod 700 "$SOURCE"

if [ -z "${GRADER_PYTHON:-}" ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update
    apt-get -qq install -y --no-install-recommends python3 python3-venv util-linux procps >/dev/null
    python3 -m venv "$ROOT/venv"
    GRADER_PYTHON="$ROOT/venv/bin/python"
    # Wheels of torch for the CPU are a tenth of the size; without that index, the usual ones do.
    "$GRADER_PYTHON" -m pip install --quiet --index-url "${TORCH_INDEX:-https://download.pytorch.org/whl/cpu}" \
        torch torchvision || echo "no CPU wheels of torch there; the usual ones are taken" >&2
    "$GRADER_PYTHON" -m pip install --quiet -r "$SOURCE/requirements.txt"
fi

mkdir -p "$ROOT/private"
chmod 700 "$ROOT/private"
"$GRADER_PYTHON" -m pip install --quiet --no-deps --no-index --upgrade \
    --target "$ROOT/private/packages" "$SOURCE"/csc413_a2_grader-*.whl
cp "$SOURCE/rubric.toml" "$SOURCE/settings.json" "$ROOT/private/"
printf '%s\n' "$GRADER_PYTHON" >"$ROOT/private/python"
# The data of the stand-in, built once; it holds no answers, and student code reads it.
GRADER_CACHE="$ROOT/cache" PYTHONPATH="$ROOT/private/packages" \
    "$GRADER_PYTHON" -m grader data make >/dev/null
