"""Reports of every kind: right, wrong, withheld, and with something hidden in them."""

from dataclasses import replace

from grader.basics import storage
from grader.model import Status
from tests.class_parts import CHECKS, a_class, check, report

WRONG = (
    check("cnn.blocks", Status.FAILED, 0.3, ("pool_after_relu",), message="the blocks"),
    check("unet.values", Status.ERROR, 0.0, ("raises",), message="it raised"),
    check("unet.skip_connections", Status.SKIPPED, 0.0, message="cnn.builds did not pass"),
    check("handin.epochs", Status.FAILED, 0.0, ("epochs_below_25",), message="10 epochs"),
)


def hidden(*, kept=0.0):
    """Return a report whose hidden check found something that the public points do not tell."""
    secret = replace(
        check("finetune.head", Status.FAILED, kept, ("head_kernel",), "hidden", "the head"),
        public_points=0.175,
    )
    every = tuple(
        replace(check(name), public_points=most) for name, _, most in CHECKS if name != secret.id
    )
    return report(checks=(*every, secret))


def class_of_every_kind():
    return [*a_class(40), report(), report("wrong", WRONG), hidden(), hidden(kept=0.1)]


def writes(name, one):
    """Return lines that write a report as `grader grade` does."""
    text = storage.to_json(one).decode()
    return f"""
(out / {name!r}).mkdir(parents=True)
(out / {name!r} / "report.json").write_text({text!r})
(out / {name!r} / "report.html").write_text("<p>page")
    """
