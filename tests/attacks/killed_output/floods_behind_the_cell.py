# what: a thread floods after the cell has ended
# deadlines: cell=30
# alone: yes
# %%
import threading

kernel = get_ipython().kernel
parent = kernel.get_parent()


def flood():
    while True:
        kernel.session.send(
            kernel.iopub_socket, "stream", {"name": "stdout", "text": "x" * 50_000}, parent=parent
        )


threading.Thread(target=flood, daemon=True).start()
# %%
import time

time.sleep(60)
