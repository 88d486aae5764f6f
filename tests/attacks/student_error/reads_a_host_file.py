# what: opens a file of the host
# rows: 1
# %%
print("ESCAPED", open(CANARY_FILE).read())
