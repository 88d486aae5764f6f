#!/bin/sh
# What a bare Debian needs for `make demo` and `make test`, as root: the Dockerfile and the
# devcontainer run it. The packages of Python come with make.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq install -y --no-install-recommends \
    bubblewrap ca-certificates chromium git make procps python3 python3-venv >/dev/null
rm -rf /var/lib/apt/lists/*
