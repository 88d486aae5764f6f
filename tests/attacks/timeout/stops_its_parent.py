# what: stops every process that it sees
# rows: 28
# alone: yes
# deadlines: cell=3
# %%
import os, signal

for name in os.listdir("/proc"):
    if name.isdigit() and int(name) != os.getpid():
        try:
            os.kill(int(name), signal.SIGSTOP)
        except OSError:
            pass
os.kill(os.getpid(), signal.SIGSTOP)
