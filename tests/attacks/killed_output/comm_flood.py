# what: opens widgets without end
# rows: 38
# deadlines: cell=30
# alone: yes
# %%
kernel = get_ipython().kernel
n = 0
while True:
    n += 1
    content = {
        "comm_id": f"c{n}",
        "target_name": "jupyter.widget",
        "data": {"state": {"x": "y" * 50_000}},
    }
    kernel.session.send(kernel.iopub_socket, "comm_open", content, parent=kernel.get_parent())
