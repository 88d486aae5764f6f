# what: sends datagrams, for which nobody has to answer
# rows: 40 41
# %%
import socket

try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"secret", ("127.0.0.1", CANARY_PORT))
except OSError:
    pass
