# what: messages that belong to no cell, without end
# deadlines: cell=30
# alone: yes
# %%
kernel = get_ipython().kernel
parent = {"msg_id": "nobody", "msg_type": "execute_request"}
while True:
    kernel.session.send(
        kernel.iopub_socket, "stream", {"name": "stdout", "text": "x" * 50_000}, parent=parent
    )
