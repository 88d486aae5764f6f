# what: shows displays with new ids for ever
# rows: 38
# alone: yes
# deadlines: cell=40
# %%
from IPython.display import display

n = 0
while True:
    n += 1
    display({"text/plain": "z" * 9000}, raw=True, display_id=f"d{n}" * 10)
