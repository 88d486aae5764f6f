# what: replaces the function that shows errors
# rows: 7
# %%
from IPython.core.interactiveshell import InteractiveShell

InteractiveShell.showtraceback = lambda *a, **k: None
# %%
raise ValueError("unseen")
