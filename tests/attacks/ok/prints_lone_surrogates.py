# what: prints text that cannot be written as UTF-8
# %%
import json

kernel = get_ipython().kernel
for kind, content in (
    ("stream", {"name": "stdout", "text": "a\ud800b"}),
    ("display_data", {"data": {"text/plain": "\udfff"}, "metadata": {}}),
):
    frames = kernel.session.serialize(kernel.session.msg(kind, parent=kernel.get_parent()))
    frames[-1] = json.dumps(content).encode()
    kernel.iopub_socket.send_multipart(frames)
