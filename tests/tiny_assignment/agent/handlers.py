"""What a request does to the student's code."""

from .errors import NotBuilt

CLASSES = ("Counter",)
HANDED_OUT = ""


def subject(kind, params):
    """Return the class that a request is about."""
    return "Counter" if kind == "count" else ""


def run(kind, namespace, params, arrays):
    """Return the values and the arrays of an answer."""
    name = "Counter" if kind == "count" else "mean"
    if name not in namespace:
        raise NotBuilt(f"the notebook defines no {name}")
    if kind == "mean":
        return {"mean": float(namespace["mean"](arrays["values"].tolist()))}, {}
    counter = namespace["Counter"]()
    return {"counts": [int(counter.add(word)) for word in params["words"]]}, {}
