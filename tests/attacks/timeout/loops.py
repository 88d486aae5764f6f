# what: loops for ever
# rows: 26
# deadlines: cell=3
# %%
while True:
    pass
