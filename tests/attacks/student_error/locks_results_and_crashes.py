# what: makes results read-only, then crashes
# rows: 5
# alone: yes
# %%
import os

open("results.json", "w").write('{"score": 100}')
os.chmod("results.json", 0o400)
os.chmod(".", 0o500)
os._exit(0)
