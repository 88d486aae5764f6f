# what: fills shared memory, which no limit of a process counts
# rows: 35
# alone: yes
# deadlines: cell=15
# %%
import mmap

kept = []
while True:
    kept.append(mmap.mmap(-1, 64 << 20))
    kept[-1].write(bytes(64 << 20))
