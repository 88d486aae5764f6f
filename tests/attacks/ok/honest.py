# what: no attack: what is right stays right
# world: colab
# %%
print("hello")
