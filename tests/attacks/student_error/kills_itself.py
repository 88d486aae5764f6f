# what: kills its own kernel
# rows: 25
# alone: yes
# %%
import os

os.kill(os.getpid(), 9)
