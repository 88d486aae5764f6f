# rows: 31
# what: forks for ever, in every child too
# alone: yes
# deadlines: cell=12
# %%
import os, signal

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    try:
        os.fork()
    except OSError:
        pass
