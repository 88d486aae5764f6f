# what: connects to a service of the host
# rows: 40
# %%
import socket

socket.create_connection(("127.0.0.1", CANARY_PORT), 3)
print("ESCAPED")
