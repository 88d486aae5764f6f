# what: sends control sequences past the notebook and in the name of an error
# rows: 50
# %%
import os

for descriptor in (0, 1, 2):
    try:
        os.write(descriptor, b"\x1b]0;owned\x07\x1b[2J")
    except OSError:
        pass
try:
    open("/dev/tty", "w").write("\x1b[2J")
except OSError:
    pass
raise type("\x1b[31mPassed\x07", (Exception,), {})("\x1b[32mall tests passed\x07")
