"""One network of a submission beside the reference's: what it computes, and what that proves."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.checks import myconv2d_faults
from grader.checks.networks import HANDOUT, MODES, Setting
from grader.compare import ATOL, RTOL, Difference, difference
from grader.model import Evidence, NoAnswer, Replies, Reply
from grader.networks import architecture, diagnosis, graph, joins, norms
from grader.networks import flips as flips_
from grader.networks.architecture import EPS, Architecture
from grader.networks.diagnosis import Departure
from grader.networks.graph import Graph, Unreadable

if TYPE_CHECKING:  # it needs torch, which takes seconds: imported where something is computed
    from grader.networks import twin

Array = np.ndarray[Any, Any]
NAMES = {"cnn": "CNN", "unet": "UNet"}
SAME_FUNCTION = {"upsample_after_relu", "upsample_after_batchnorm"}
HARMLESS = SAME_FUNCTION | {"batchnorm_settings"}  # said, never failed
MAX_EPS = 1e-2  # of BatchNorm; with a larger one it does not normalise
COARSE = 1e-3  # of a network that runs in float32 only, relative to its largest value
SMALL = "setting.size_8x20"  # the cheapest request that tells the orders of concatenation apart


def traced(reply: Reply) -> list[Mapping[str, Any]]:
    """Return the operations that a network ran, as far as they can be read."""
    entries = reply.values.get("trace")
    return [e for e in entries if isinstance(e, Mapping)] if isinstance(entries, list) else []


def is_sound(reply: Reply) -> bool:
    """Return whether an answer has the form of one: it may come from anything in the kernel."""
    slots, unstable = reply.values.get("slots"), reply.values.get("unstable", [])
    return (
        isinstance(slots, Mapping)
        and all(isinstance(about, Mapping) for about in slots.values())
        and all(isinstance(about.get("name"), str) for about in slots.values())
        and isinstance(unstable, list)
        and all(isinstance(slot, str) for slot in unstable)
        and isinstance(reply.values.get("trace"), list)
        and "output" in reply.arrays
    )


class View:
    """The answers about one network, each conclusion drawn once. `part` is "cnn" or "unet"."""

    def __init__(self, evidence: Evidence, reference: Replies, part: str) -> None:
        self.evidence, self.reference = evidence, reference
        self.part, self.name = part, NAMES[part]

    def reply(self, key: str) -> Reply:
        """Return the reply to "train", "eval" ...; raises NoAnswer unless it went well."""
        return self.evidence[f"{self.part}.{key}"]

    def right_reply(self, key: str) -> Reply:
        """Return the reference's reply."""
        return self.reference[f"{self.part}.{key}"]

    def arrays(self, key: str) -> Mapping[str, Array]:
        """Return what the network was given."""
        return self.evidence.replies.requests[f"{self.part}.{key}"].arrays

    # How it is built

    @functools.cached_property
    def network(self) -> Architecture | None:
        """The network as it ran at the handout's setting; None if it cannot be followed."""
        return self.network_at("train")

    def network_at(self, key: str) -> Architecture | None:
        """Return the network as it ran for a request."""
        try:
            return architecture.read(self._graph(self.reply(key), key))
        except (NoAnswer, Unreadable):
            return None

    def diagram(self, setting: Setting = HANDOUT) -> Architecture:
        """Return the assignment's diagram."""
        return architecture.diagram(self.name, setting.args)

    def block_departures(self, key: str = "train", setting: Setting = HANDOUT) -> list[Departure]:
        """Return how the blocks depart from the diagram."""
        actual = self.network_at(key)
        if actual is None:
            return []
        return [
            *diagnosis.departures(actual, self.diagram(setting)),
            *norms.departures(actual, training=key == "train"),
        ]

    def skip_departures(self) -> list[Departure]:
        """Return how the joins of a UNet depart from the diagram."""
        if self.part != "unet" or self.network is None:
            return []
        return list(joins.skip_departures(self.network, self.diagram()))

    @functools.cached_property
    def unregistered(self) -> list[str]:
        """The slots whose tensors no optimizer would be given, or that change at every pass."""
        values = self.reply("eval").values
        slots = values["slots"].items()
        lost = [s for s, about in slots if not about["name"] and "running" not in s]
        lost = [s for s in lost if not self._lost_by_myconv2d(s)] if lost else []
        return lost + [slot for slot in values.get("unstable", []) if slot not in lost]

    @functools.cached_property
    def faults_of_myconv2d(self) -> frozenset[str]:
        """What is wrong with MyConv2d itself: the network is not charged for it."""
        return myconv2d_faults.faults(self.evidence, self.reference)

    def _lost_by_myconv2d(self, slot: str) -> bool:
        if not slot.startswith("conv."):  # and it may be any text
            return False
        return slot.rpartition(".")[2] in myconv2d_faults.unlisted(self.faults_of_myconv2d)

    @property
    def is_excused(self) -> bool:
        """Whether MyConv2d alone explains wrong values: the blocks and the joins are right."""
        followed = self.network is not None and next(self._changing(), None) is None
        return followed and bool(self.faults_of_myconv2d)

    # What it computes

    @functools.cached_property
    def is_right(self) -> bool:
        """Whether the output is the right one in both modes; then the values decide."""
        return all(self.gap(mode) is None for mode in MODES)

    def gap(self, key: str) -> Difference | None:
        """Return how the output departs from the right one, or None.

        Right is the reference's output, or that of a network which differs from it in the order
        within concatenations, or in BatchNorm's eps, alone.
        """
        return self._difference(key, self._output(key), self._right_output(key))

    def _output(self, key: str) -> Array | None:
        """Return the output; with torch's own eps, where that is all a network departs in."""
        output = self.reply(key).arrays.get("output")
        if output is None or not self._has_other_eps:
            return output
        as_it_is = self.twin_of(key)
        if as_it_is is None or self._difference(key, output, as_it_is.output) is not None:
            return output
        from grader.networks import twin

        usual = twin.run(twin.with_eps(self._graph(self.reply(key), key), EPS), self.arrays(key))
        return usual.output

    @functools.cached_property
    def _has_other_eps(self) -> bool:
        found = self.network.norms if self.network else ()
        return any(norm.eps != EPS and 0 <= norm.eps <= MAX_EPS for norm in found)

    def _right_output(self, key: str) -> Array:
        if not any(self._flips):
            return self.right_reply(key).arrays["output"]
        return self._flipped(key, self._flips).output

    @functools.cached_property
    def _flips(self) -> tuple[bool, ...]:
        """At which concatenations the skip comes first, found out by values."""
        if self.part != "unet":
            return ()
        small = self.evidence.replies.peek(f"{self.part}.{SMALL}").arrays.get("output")
        fits = small is not None and small.shape == self.right_reply(SMALL).arrays["output"].shape
        key = SMALL if fits else "eval"
        output = self._output(key)
        for flips in flips_.every():
            right = self._flipped(key, flips).output
            if self._difference(key, output, right) is None:
                return flips
        return ()

    def _flipped(self, key: str, flips: tuple[bool, ...]) -> twin.Twin:
        """Return the reference with some of its concatenations the other way round."""
        right = self.right_reply(key)
        known = flips_.known(right, flips)
        return known or flips_.computed(self._graph(right, key), self.arrays(key), flips)

    def _difference(self, key: str, actual: Array | None, expected: Array) -> Difference | None:
        rtol, atol = self.tolerance(key, expected)
        return difference(actual, expected, rtol=rtol, atol=atol)

    def tolerance(self, key: str, expected: Array) -> tuple[float, float]:
        """Return rtol and atol: coarser for a network that runs in float32 alone."""
        if self.reply(key).values.get("dtype") == "float32":
            return COARSE, COARSE * float(np.abs(expected).max(initial=1.0))
        return RTOL, ATOL

    # What proves it

    def twin_of(self, key: str, cut: Collection[twin.Edge] = ()) -> twin.Twin | None:
        """Return the student's network as our own torch computes it, if it can."""
        from grader.networks import twin

        try:
            return twin.run(self._graph(self.reply(key), key), self.arrays(key), cut)
        except (twin.NoTwin, Unreadable):
            return None

    @functools.cached_property
    def is_proved(self) -> bool | None:
        """Whether the operations that were seen give the output that came; None: not known."""
        twin_ = self.twin_of("train")
        if twin_ is None:
            return None
        output = self.reply("train").arrays.get("output")
        return self._difference("train", output, twin_.output) is None

    def right_gradients(self) -> Mapping[str, Array] | None:
        """Return the gradients that the operations of the network have; None if unknown."""
        if self._has_other_eps:
            return self._own_gradients()
        if self.gap("train") is None and not any(self._flips):
            arrays = self.right_reply("train").arrays
            return {name[5:]: a for name, a in arrays.items() if name.startswith("grad.")}
        if self.gap("train") is None:
            return self._flipped("train", self._flips).gradients
        return self._own_gradients()

    def _own_gradients(self) -> Mapping[str, Array] | None:
        twin_ = self.twin_of("train") if self.is_proved else None
        return twin_.gradients if twin_ else None

    @functools.cached_property
    def is_random(self) -> bool:
        """Whether two passes in evaluation mode differ."""
        reply = self.reply("eval")
        output, again = reply.arrays["output"], reply.arrays.get("again")
        return self._difference("eval", again, output) is not None

    @functools.cached_property
    def is_batch_dependent(self) -> bool:
        """Whether an image's output in evaluation mode depends on the images beside it."""
        alone, together = (self.reply(key).arrays.get("output") for key in ("single", "eval"))
        return together is None or self._difference("single", alone, together[:1]) is not None

    @functools.cached_property
    def cause(self) -> Departure | None:
        """The first known mistake that explains wrong values, as far as that is proved."""
        found = next(self._changing(), None)
        if found is not None and self.is_proved:
            return found
        if self.unregistered:
            return not_registered(len(self.unregistered))
        if self.is_random and (found is None or found.mistake not in RANDOM):
            return Departure("noise_added", "the output", "the same at every pass", "it changes")
        if found is not None and self.is_proved is None:
            return found
        if self.is_batch_dependent:
            wanted = "the same whatever images are beside it"
            return Departure("cheats_eval", "the output for an image", wanted, "it depends on them")
        return None

    def _changing(self) -> Iterator[Departure]:
        for departure in (*self.block_departures(), *self.skip_departures()):
            if departure.mistake not in HARMLESS:
                yield departure

    def _graph(self, reply: Reply, key: str) -> Graph:
        return graph.read(reply.values, self.arrays(key)["input"].shape)


RANDOM = {"noise_added", "dropout_added"}


def not_registered(count: int) -> Departure:
    """Return the departure of a network whose layers are not attributes of it."""
    return Departure(
        "layers_not_registered",
        "the parameters",
        "every layer an attribute of the module (or in an nn.ModuleList)",
        f"{count} tensors that `parameters()` does not list",
    )
