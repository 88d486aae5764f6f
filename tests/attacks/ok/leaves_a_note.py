# what: leaves notes for the next submission, and looks for its own
# rows: 43
# alone: yes
# twice: yes
# %%
import os

for folder in ("/tmp", "/dev/shm", "/content", "/io", "/var/tmp", "/run", os.path.expanduser("~")):
    path = os.path.join(folder, "note-of-a-student")
    if os.path.exists(path):
        print("ESCAPED", path)
    try:
        open(path, "w").write("answer")
    except OSError:
        pass
