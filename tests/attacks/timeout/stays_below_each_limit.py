# what: many cells, each just below the limit of a cell
# rows: 29
# deadlines: cell=3 submission=5
# %%
import time

time.sleep(1.5)
# %%
import time

time.sleep(1.5)
# %%
import time

time.sleep(1.5)
# %%
import time

time.sleep(1.5)
# %%
import time

time.sleep(1.5)
# %%
import time

time.sleep(1.5)
