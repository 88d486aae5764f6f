# what: talks to the container engine
# rows: 42
# %%
import socket

socket.socket(socket.AF_UNIX).connect("/var/run/docker.sock")
print("ESCAPED")
