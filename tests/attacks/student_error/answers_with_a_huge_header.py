# what: answers with a header that claims eight exabytes
# rows: 52
# world: colab
# %%
import os, sys

serve = __import__("agent.serve").serve

serve.save_file = lambda arrays, path, *a: open(path, "wb").write(b"\xff" * 8 + b"{}")
