# what: raises an error of fifty megabytes
# rows: 38
# alone: yes
# deadlines: cell=20
# %%
raise ValueError("y" * 50_000_000)
