# what: fills the disk with files below the limit of one
# rows: 36
# alone: yes
# deadlines: cell=15
# %%
import time

for n in range(12):
    with open(f"f{n}", "wb") as file:
        for _ in range(20):
            file.write(bytes(1 << 20))
time.sleep(60)
