# what: prints sixty megabytes at once: cut, and said so
# rows: 37
# alone: yes
# deadlines: cell=20
# %%
print("x" * 60_000_000)
# %%
print("after")
