"""`scipy.misc`, which notebooks of 2020 import and do not use, and which SciPy 2 has dropped."""
