# what: answers with JSON nested ten thousand deep
# rows: 39
# world: colab
# %%
import os, sys

serve = __import__("agent.serve").serve

serve.json = type(
    "json",
    (),
    {
        "loads": staticmethod(serve.json.loads),
        "dumps": staticmethod(lambda head: "[" * 10_000 + "]" * 10_000),
    },
)
