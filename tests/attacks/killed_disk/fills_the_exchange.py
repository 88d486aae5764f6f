# what: fills the folder in which answers are exchanged
# rows: 36
# alone: yes
# deadlines: cell=15
# %%
import time

for n in range(3000):
    open(f"/io/{n:032x}.reply.json", "w").close()
time.sleep(60)
