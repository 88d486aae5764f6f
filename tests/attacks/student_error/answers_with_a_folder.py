# what: puts a folder and a hard link in the place of the answer
# rows: 53
# world: colab
# %%
import os, sys

serve = __import__("agent.serve").serve

made = []


def save(arrays, path, *a):
    made.append(path)
    if len(made) == 1:
        os.mkdir(path)
    else:
        open("/io/x", "wb").write(b"{}")
        os.link("/io/x", path)


serve.save_file = save
