# what: closes the folder of answers, and breaks open()
# world: colab
# %%
import builtins, os

for name in os.listdir("/io"):
    os.remove(f"/io/{name}")
os.chmod("/io", 0)


def broken(*a, **k):
    raise OSError("no")


builtins.open = broken
