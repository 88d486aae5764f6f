# what: ignores the interrupt
# rows: 27
# alone: yes
# deadlines: cell=3
# %%
import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    pass
