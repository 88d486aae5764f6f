# what: connects to a cloud's metadata service
# rows: 40
# %%
import socket

socket.create_connection(("169.254.169.254", 80), 3)
print("ESCAPED")
