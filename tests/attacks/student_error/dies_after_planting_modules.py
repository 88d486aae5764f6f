# what: the same, and the new kernel starts among them
# rows: 47
# world: colab
# %%
for name in (
    "torch",
    "json",
    "safetensors",
    "zmq",
    "ipykernel",
    "agent",
    "colab_world",
    "sitecustomize",
):
    open(f"/content/{name}.py", "w").write("print('ESCAPED')\nimport os\nos._exit(3)\n")
# %%
import os

os._exit(1)
