# what: fills memory in many processes, each below its limit
# rows: 35
# alone: yes
# deadlines: cell=15
# %%
import os, time

for _ in range(12):
    if os.fork() == 0:
        kept = bytearray(b"x") * (200 << 20)
        time.sleep(60)
        os._exit(0)
time.sleep(60)
