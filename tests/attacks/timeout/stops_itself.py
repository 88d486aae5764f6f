# what: stops its own process, which no interrupt reaches
# rows: 28
# alone: yes
# deadlines: cell=3
# %%
import os, signal

os.kill(os.getpid(), signal.SIGSTOP)
