# what: says that the cell is over while it runs on
# rows: 10
# %%
kernel = get_ipython().kernel


def send(kind, content, parent=None, raw=None):
    session, parent = kernel.session, parent or kernel.get_parent()
    message = session.msg(kind, content=content, parent=parent)
    message.update(raw or {})
    kernel.session.send(kernel.iopub_socket, message, ident=b"x")


send("status", {"execution_state": "idle"})
print("late")
