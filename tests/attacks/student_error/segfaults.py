# what: reads address zero
# rows: 25
# alone: yes
# %%
import ctypes

ctypes.string_at(0)
