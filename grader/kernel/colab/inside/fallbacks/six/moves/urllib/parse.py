"""`urllib.parse`, under its name in `six`."""

from urllib.parse import *  # noqa: F403
