# what: puts links to a file of the host, and pipes, in the place of the answer
# rows: 53
# world: colab
# %%
import os, sys

serve = __import__("agent.serve").serve

made = []


def save(arrays, path, *a):
    made.append(path)
    os.symlink(CANARY_FILE, path) if len(made) == 1 else os.mkfifo(path)


serve.save_file = save
