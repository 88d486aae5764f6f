# what: raises an error whose text cannot be written
# %%
raise ValueError("\ud800 \udfff")
