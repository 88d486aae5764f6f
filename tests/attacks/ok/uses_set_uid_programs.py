# what: looks for a program that gives it rights
# rows: 49
# %%
import glob, os, subprocess

for path in glob.glob("/usr/bin/*") + glob.glob("/usr/sbin/*"):
    try:
        if os.stat(path).st_mode & 0o4000:
            done = subprocess.run([path, "--version"], capture_output=True, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        pass
if b"NoNewPrivs:\t1" not in open("/proc/self/status", "rb").read():
    print("ESCAPED")
try:
    os.setuid(0)
    print("ESCAPED")
except OSError:
    pass
