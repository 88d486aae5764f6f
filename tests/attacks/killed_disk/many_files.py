# what: makes files without end
# rows: 36
# alone: yes
# deadlines: cell=15
# %%
n = 0
while True:
    n += 1
    open(f"f{n}", "w").close()
    if n > 3000:
        import time

        time.sleep(60)
