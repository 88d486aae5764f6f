"""Names that moved between Python 2 and 3."""

import builtins
import pickle as cPickle  # noqa: F401 - the name is the point
import queue  # noqa: F401
from builtins import input, map, range, zip  # noqa: A004, F401, UP029
from functools import reduce  # noqa: F401

xrange = builtins.range
