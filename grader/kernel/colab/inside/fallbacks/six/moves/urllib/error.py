"""`urllib.error`, under its name in `six`."""

from urllib.error import *  # noqa: F403
