# what: calls quit() and goes on
# rows: 24
# %%
quit()
# %%
print("still here")
