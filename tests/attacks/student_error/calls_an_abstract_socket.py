# what: connects to a socket that is no file
# rows: 42
# %%
import socket

socket.socket(socket.AF_UNIX).connect("\0" + CANARY_SOCKET)
print("ESCAPED")
