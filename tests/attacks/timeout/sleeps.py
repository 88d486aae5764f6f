# what: burns time without using the processor
# rows: 30
# alone: yes
# deadlines: cell=3
# %%
import time

time.sleep(1000)
