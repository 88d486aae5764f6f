# rows: 38
# what: opens widgets without end
# %%
kernel = get_ipython().kernel
parent = kernel.get_parent()
n = 0
while True:
    n += 1
    content = {"comm_id": f"c{n}", "target_name": "jupyter.widget", "data": {"state": {"x": "y" * 50_000}}}
    kernel.session.send(kernel.iopub_socket, "comm_open", content, parent=parent)
