# what: raises SystemExit with a good exit code
# rows: 22
# %%
import sys

sys.exit(0)
