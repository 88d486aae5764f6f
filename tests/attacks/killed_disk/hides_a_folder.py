# what: fills a folder and closes it to everybody
# rows: 36
# alone: yes
# deadlines: cell=15
# %%
import os, time

os.makedirs("deep/er")
for n in range(3000):
    open(f"deep/er/{n}", "w").close()
os.chmod("deep", 0)
time.sleep(60)
