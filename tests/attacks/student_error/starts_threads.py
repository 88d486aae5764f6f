# what: starts threads until it may not
# rows: 32
# alone: yes
# %%
import threading, time

for _ in range(10_000):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
