# what: matches a regular expression that takes a century
# rows: 27
# alone: yes
# deadlines: cell=3
# %%
import re

re.match(r"(a+)+$", "a" * 40 + "b")
