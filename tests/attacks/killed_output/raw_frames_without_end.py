# what: speaks the wire protocol itself: one message of frames without end, which no limit on messages counts
# deadlines: cell=30
# alone: yes
# %%
import os, socket

frame = b"\x03" + (4 << 20).to_bytes(8, "big") + bytes(4 << 20)  # flags: more to come, long
lines = []
for name in os.listdir("/proc/self/fd"):
    try:
        if os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
            line = socket.socket(fileno=os.dup(int(name)))
            if (
                line.family == socket.AF_UNIX
                and line.getsockname()
                and line.getpeername() is not None
            ):
                line.setblocking(False)
                lines.append(line)
    except OSError:
        pass
rest = dict.fromkeys(range(len(lines)), b"")
while True:
    for i, line in enumerate(lines):
        try:
            data = rest[i] or frame
            rest[i] = data[line.send(data) :]
        except OSError:
            pass
