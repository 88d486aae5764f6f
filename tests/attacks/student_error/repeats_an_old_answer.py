# what: answers the second question with the first one's files
# rows: 18
# world: colab
# %%
import os, sys

serve = __import__("agent.serve").serve

kept = {}


class Path(type(serve.Path())):
    def write_text(self, text, *a):
        kept.setdefault("head", text)
        return super().write_text(kept["head"], *a)


serve.Path = Path
