# what: catches every exception, the interrupt too
# rows: 27
# alone: yes
# deadlines: cell=3
# %%
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
