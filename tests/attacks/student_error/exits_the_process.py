# what: ends the kernel with a good exit code
# rows: 23
# alone: yes
# %%
import os

os._exit(0)
