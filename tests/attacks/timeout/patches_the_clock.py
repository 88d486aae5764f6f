# what: replaces every clock, then takes its time
# rows: 15
# alone: yes
# deadlines: cell=3
# %%
import time

sleep = time.sleep
for name in ("time", "monotonic", "perf_counter", "process_time", "sleep"):
    setattr(time, name, lambda *a: 0.0)
sleep(1000)
