# what: updates one display for ever
# rows: 38
# alone: yes
# deadlines: cell=30
# %%
from IPython.display import display, HTML

handle = display("x", display_id="d")
while True:
    handle.update("y" * 50_000)
