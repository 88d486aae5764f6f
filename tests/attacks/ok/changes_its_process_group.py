# what: leaves the group of processes that a kill would reach
# rows: 33
# alone: yes
# %%
import os, subprocess

subprocess.Popen(["sleep", "1000"], start_new_session=True)
os.setpgid(0, 0) if os.getpgrp() != os.getpid() else None
