# what: fills memory with a list
# rows: 34
# alone: yes
# %%
kept = []
while True:
    kept.append(bytearray(64 << 20))
