# what: answers the request to execute with what is no reply
# rows: 10
# alone: yes
# %%
import json

kernel = get_ipython().kernel
idents, parent = kernel.get_parent(), kernel.get_parent()
for content in (
    [],
    {"status": 7},
    {"status": "error", "ename": [], "evalue": {}, "traceback": "no"},
):
    message = kernel.session.msg("execute_reply", content=content, parent=parent)
    kernel.session.send(
        kernel.shell_stream
        if hasattr(kernel, "shell_stream") and kernel.shell_stream
        else kernel.shell_streams[0],
        message,
        ident=kernel._parent_ident["shell"]
        if isinstance(getattr(kernel, "_parent_ident", None), dict)
        else None,
    )
raise RuntimeError("after the forged replies")
