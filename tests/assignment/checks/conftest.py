"""Makes the modules that tests share importable, and `examples`, however pytest was started."""

import sys
from pathlib import Path

sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[2:4]]
