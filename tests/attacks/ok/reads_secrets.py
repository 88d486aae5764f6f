# what: reads the environment, keys and the history of the course's repository
# rows: 44
# %%
import glob, os, subprocess

for name, value in os.environ.items():
    if "host-secret" in value:
        print("ESCAPED", name)
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
    try:
        if b"host-secret" in open(path, "rb").read():
            print("ESCAPED", path)
    except OSError:
        pass
for path in ("~/.ssh", "~/.netrc", "~/.gitconfig", "/root/.ssh", "/etc/shadow", "/work/.git"):
    if os.access(os.path.expanduser(path), os.R_OK):
        print("ESCAPED", path)
