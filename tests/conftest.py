"""Settings shared by the whole suite: deterministic hypothesis, one thread."""

import torch
from hypothesis import settings

settings.register_profile("grader", derandomize=True, deadline=None)
settings.load_profile("grader")
torch.set_num_threads(1)
