# what: imports the solution
# rows: 3
# %%
import reference

print("ESCAPED", reference)
