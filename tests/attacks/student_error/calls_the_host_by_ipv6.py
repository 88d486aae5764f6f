# what: the same over IPv6
# rows: 40
# %%
import socket

socket.create_connection(("::1", CANARY_PORT), 3)
print("ESCAPED")
