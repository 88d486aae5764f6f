# what: reads the memory of the sandbox's first process
# rows: 48
# %%
open("/proc/1/mem", "rb").read(1)
print("ESCAPED")
