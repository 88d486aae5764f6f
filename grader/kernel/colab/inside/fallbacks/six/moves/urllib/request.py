"""`urllib.request`, under its name in `six`."""

from urllib.request import *  # noqa: F403
