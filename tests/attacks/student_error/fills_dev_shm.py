# what: fills /dev/shm
# rows: 35
# %%
try:
    with (
        open("/dev/shm/x", "wb") as a,
        open("/dev/shm/y", "wb") as b,
        open("/dev/shm/z", "wb") as c,
    ):
        for _ in range(30):
            for file in (a, b, c):
                file.write(bytes(1 << 20))
finally:
    import glob, os

    for path in glob.glob("/dev/shm/*"):
        os.remove(path)
