# what: answers with NaN, infinity and text that cannot be written
# world: colab
# %%
import os, sys

serve = __import__("agent.serve").serve

import json

serve.json = type(
    "json",
    (),
    {
        "loads": staticmethod(json.loads),
        "dumps": staticmethod(
            lambda head: (
                json.dumps(head)
                .replace('"ok"', '"raised"')
                .replace(
                    '"error": null',
                    '"error": {"name": "\\ud800", "message": "\\udfff", "line": "x"}',
                )
            )
        ),
    },
)
