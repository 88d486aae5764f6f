# what: prints for ever
# rows: 37
# alone: yes
# deadlines: cell=30
# %%
while True:
    print("x" * 1_000_000)
