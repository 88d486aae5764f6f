"""The student's `train(args, model)` as it ran: what it gave its optimizer, and what it did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader.assignment.checks.deeplab import CLASSIFIER, HEAD, shown, unusable
from grader.judging.unanswered import look_for, told
from grader.kernel import causes
from grader.kernel.causes import Cause
from grader.model import Finding, Replies, StudentError

WHAT = "the parameters that train(args, model) gives its optimizer"
AUXILIARY = "aux_classifier"
STOPPED = "stopped_by_the_world"


@dataclass(frozen=True)
class Handover:
    """The tensors of an optimizer: names in the network, and those that it does not hold."""

    names: frozenset[str]
    strangers: tuple[str, ...]  # what each tensor is called that the network does not hold
    parameters: bool  # whether the strangers are parameters, such as those of a former layer

    def __str__(self) -> str:
        """Return the names as a report shows them."""
        return shown([*sorted(self.names), *self.strangers])


@dataclass(frozen=True)
class Loop:
    """What was seen while the student's own `train(args, model)` ran."""

    handed: Handover | None  # to the optimizers that stepped, or that were made; None: to none
    given: tuple[tuple[int, frozenset[str]], ...]  # to each optimizer: how many, of which kinds
    steps: int
    learning: frozenset[str]  # what required gradients at the first step
    backwards: int
    uncleared: bool
    losses: frozenset[str]
    moved: tuple[str, ...]
    moved_buffers: int
    raised: StudentError | None
    world: Cause | None  # the world's reason, as the kernel tells it, for coming to no step


def read(replies: Replies) -> Loop:
    """Return what the answer to `finetune.train` says. Raises NoAnswer for one of no use."""
    reply = replies["finetune.train"]
    try:
        return _read(reply.values)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise unusable(reply, replies) from None


def error(raised: Any) -> StudentError | None:
    """Return an error that a reply holds as plain values, None for none."""
    if not raised:
        return None
    name, message, line = (str(raised.get(key, "")) for key in ("name", "message", "line"))
    return StudentError(name, message, line)


def _read(values: Mapping[str, Any]) -> Loop:
    steps, raised = values["steps"], error(values.get("raised"))
    return Loop(
        handed=_handed(values["groups"]),
        given=tuple((int(g["count"]), frozenset(_texts(g["kinds"]))) for g in values["given"]),
        steps=len(steps),
        learning=frozenset(_texts(steps[0]["requires_grad"]) if steps else ()),
        backwards=int(values["backwards"]),
        uncleared=bool(values["uncleared"]),
        losses=frozenset(_texts(values["losses"])),
        moved=_texts(values["moved"]),
        moved_buffers=len(values["moved_buffers"]),
        raised=raised,
        world=causes.of(raised) if raised and not steps else None,
    )


def _texts(values: Any) -> tuple[str, ...]:
    found = tuple(values)
    if not all(isinstance(value, str) for value in found):
        raise TypeError("not all of these are text")
    return found


def _handed(groups: Any) -> Handover | None:
    if not groups:
        return None
    tensors = [(t["name"], tuple(t["shape"]), t["kind"]) for group in groups for t in group]
    strangers = [(shape, kind) for name, shape, kind in tensors if not name]
    return Handover(
        frozenset(_texts(name for name, _, _ in tensors if name)),
        tuple(f"a tensor of shape {shape} outside the network" for shape, _ in strangers),
        all(kind == "Parameter" for _, kind in strangers),
    )


def stopped(loop: Loop) -> Iterator[Finding]:
    """Yield a note where the loop came to no step for what looks like a reason of the world's.

    It may be forged, so the rest is judged by what is there, and a person is told.
    """
    if loop.world is not None:
        expected, got = "steps of the optimizer", f"{loop.world.value}: {loop.raised}"
        yield Finding("train(args, model)", expected, got, STOPPED, note=True)


def refusal(loop: Loop, want: str) -> Finding:
    """Return the finding for a loop that never had an optimizer: what it tried to make one of."""
    hint = look_for(loop.raised) if loop.raised else None
    if not loop.given and loop.raised is None:
        return Finding(WHAT, want, "no optimizer was made", "selects_nothing")
    raises = f"raises {told(loop.raised)}" if loop.raised else "was not made"
    if not loop.given:
        return Finding(WHAT, want, f"no optimizer: it {raises}", "raises", hint=hint)
    count, kinds = loop.given[-1]
    if count == 0:
        return Finding(WHAT, want, f"an empty list; the optimizer {raises}", "selects_nothing")
    if kinds <= {"Parameter", "Tensor", "dict"}:
        return Finding(WHAT, want, f"the optimizer {raises}", "raises", hint=hint)
    got = f"{count} of type {', '.join(sorted(kinds))}; the optimizer {raises}"
    return Finding(WHAT, want, got, "selects_names")


def mistakes(mine: Handover, want: frozenset[str]) -> list[str]:
    """Return what is wrong with a selection: what is missing, then what is too much."""
    extra = mine.names - want
    if not mine.names & want:
        return [_nothing_of_the_layer(mine)]
    found = []
    if not want <= mine.names:
        weight = f"{HEAD}.weight" in mine.names
        found.append("selects_weight_only" if weight else "selects_bias_only")
    if extra:
        found.append(_too_much(extra))
    return found


def _nothing_of_the_layer(mine: Handover) -> str:
    if mine.strangers:
        return "selects_old_layer" if mine.parameters else "selects_names"
    return "selects_other_layer" if mine.names else "selects_nothing"


def _too_much(extra: frozenset[str]) -> str:
    if all(name.startswith(f"{AUXILIARY}.4.") for name in extra):
        return "selects_aux_head"
    if all(name.startswith((f"{CLASSIFIER}.", f"{AUXILIARY}.")) for name in extra):
        return "selects_whole_classifier"
    return "selects_everything"
