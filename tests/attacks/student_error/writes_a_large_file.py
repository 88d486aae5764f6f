# what: writes a file of ten gigabytes
# rows: 36
# %%
try:
    with open("large", "wb") as file:
        while True:
            file.write(bytes(1 << 20))
finally:
    import os

    os.remove("large")
