"""One network of a submission beside the reference's: what it computes, and what that proves."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.assignment.checks.networks import MODES
from grader.assignment.checks.structures import Structure, not_registered
from grader.assignment.networks import flips as flips_
from grader.assignment.networks.architecture import EPS
from grader.assignment.networks.diagnosis import Departure
from grader.assignment.networks.graph import Unreadable
from grader.judging.compare import ATOL, RTOL, Difference, difference
from grader.model import Evidence, Replies

if TYPE_CHECKING:  # it needs torch, which takes seconds: imported where something is computed
    from grader.assignment.networks import twin

Array = np.ndarray[Any, Any]
MAX_EPS = 1e-2  # of BatchNorm; with a larger one it does not normalise
# How closely values must agree that were not computed in float64, relative to the largest one.
COARSE = {"float32": 1e-3, "float16": 2e-2, "bfloat16": 8e-2}
HALF = ("float16", "bfloat16")
SMALL = "setting.size_8x20"  # the cheapest request that tells the orders of concatenation apart


_seen: dict[str, View] = {}


def view(evidence: Evidence, reference: Replies, part: str) -> View:
    """Return the view of one network's answers, the same one for every check."""
    known = _seen.get(part)
    if known is None or known.evidence is not evidence or known.reference is not reference:
        known = _seen[part] = View(evidence, reference, part)
    return known


class View(Structure):
    """The answers about one network, each conclusion drawn once. `part` is "cnn" or "unet"."""

    def __init__(self, evidence: Evidence, reference: Replies, part: str) -> None:
        super().__init__(evidence, reference, part)
        self._proofs: dict[str, twin.Twin | None] = {}

    # What it computes

    @functools.cached_property
    def is_right(self) -> bool:
        """Whether the output is the right one in both modes; then the values decide."""
        return all(self.gap(mode) is None for mode in MODES)

    @functools.cached_property
    def is_beyond_doubt(self) -> bool:
        """Whether right values leave no room for a departure from the diagram.

        In half precision they do, for a small one; it counts if the operations that were seen give
        the values as well.
        """
        coarse = any(self.dtype(mode) in HALF for mode in MODES)
        return self.is_right and not (coarse and self._proof("train"))

    def gap(self, key: str) -> Difference | None:
        """Return how the output departs from the right one, or None.

        Right is the reference's output, or that of a network which differs from it in the order
        within concatenations, or in BatchNorm's eps, alone.
        """
        return self._difference(key, self._output(key), self.right_output(key))

    def _output(self, key: str) -> Array | None:
        """Return the output; with torch's own eps, where that is all a network departs in."""
        output = self.reply(key).arrays.get("output")
        if output is None or not self._has_other_eps:
            return output
        as_it_is = self.twin_of(key)
        if as_it_is is None or self._difference(key, output, as_it_is.output) is not None:
            return output
        from grader.assignment.networks import twin

        usual = twin.run(twin.with_eps(self.graph_of(self.reply(key), key), EPS), self.arrays(key))
        return usual.output

    @functools.cached_property
    def _has_other_eps(self) -> bool:
        found = self.network.norms if self.network else ()
        return any(norm.eps != EPS and 0 <= norm.eps <= MAX_EPS for norm in found)

    def right_output(self, key: str) -> Array:
        """Return the output that a request must have, concatenated in the student's order."""
        if not any(self._flips):
            return self.right_reply(key).arrays["output"]
        return self._flipped(key, self._flips).output

    @functools.cached_property
    def _flips(self) -> tuple[bool, ...]:
        """At which concatenations the skip comes first, found out by values."""
        if self.part != "unet":
            return ()
        small = self.peek(SMALL).arrays.get("output")
        fits = small is not None and small.shape == self.right_reply(SMALL).arrays["output"].shape
        key = SMALL if fits else "eval"
        output = self._output(key)
        for flips in flips_.every():
            right = self._flipped(key, flips).output
            if self._difference(key, output, right) is None:
                return flips
        return ()

    def orders(self, key: str) -> Iterator[twin.Twin]:
        """Yield what each right network answers, one for each order within concatenations."""
        for flips in flips_.every() if self.part == "unet" else ():
            yield self._flipped(key, flips)

    def _flipped(self, key: str, flips: tuple[bool, ...]) -> twin.Twin:
        """Return the reference with some of its concatenations the other way round."""
        right = self.right_reply(key)
        known = flips_.known(right, flips)
        return known or flips_.computed(self.graph_of(right, key), self.arrays(key), flips)

    def _difference(self, key: str, actual: Array | None, expected: Array) -> Difference | None:
        rtol, atol = self.tolerance(key, expected)
        return difference(actual, expected, rtol=rtol, atol=atol)

    def tolerance(self, key: str, expected: Array) -> tuple[float, float]:
        """Return rtol and atol: coarser for a network that computes in a coarser dtype."""
        coarse = COARSE.get(self.dtype(key))
        if coarse is not None:
            return coarse, coarse * float(np.abs(expected).max(initial=1.0))
        return RTOL, ATOL

    def dtype(self, key: str) -> str:
        """Return the coarsest dtype that the network computed in, as it says."""
        return str(self.reply(key).values.get("dtype"))

    # What proves it

    def twin_of(self, key: str, cut: Collection[twin.Edge] = ()) -> twin.Twin | None:
        """Return the student's network as our own torch computes it, if it can."""
        from grader.assignment.networks import twin

        seed = self.evidence.replies.requests[f"{self.part}.{key}"].params.get("seed", 0)
        try:
            graph_ = self.graph_of(self.reply(key), key)
            return twin.run(graph_, self.arrays(key), cut, seed=seed)
        except (twin.NoTwin, Unreadable):
            return None

    @functools.cached_property
    def is_followed(self) -> bool:
        """Whether the values are right, or are those of the operations that were seen.

        Otherwise whatever the trace says of the network is refuted, or at least not proved.
        """
        if self.is_right:
            return True
        seen = self.network is not None
        return seen and all(self.gap(mode) is None or self._proof(mode) for mode in MODES)

    @property
    def is_proved(self) -> bool | None:
        """Whether the operations that were seen give the output that came; None: not known."""
        return self._proof("train") is not None or (False if self.twin_of("train") else None)

    def _proof(self, key: str) -> twin.Twin | None:
        """Return the twin that gives the values which came; one that tells nothing is none."""
        if key not in self._proofs:
            output, twin_ = self.reply(key).arrays.get("output"), self.twin_of(key)
            equal = twin_ and self._difference(key, output, twin_.output) is None
            self._proofs[key] = twin_ if twin_ and twin_.tells and equal else None
        return self._proofs[key]

    def right_gradients(self) -> Mapping[str, Array]:
        """Return the gradients that the network must have; of its own operations, if it is wrong.

        Of a network that is not followed they are the reference's.
        """
        own = self._has_other_eps or self.gap("train") is not None
        proof = self._proof("train") if own else None
        if proof is not None:
            return proof.gradients
        if any(self._flips):
            return self._flipped("train", self._flips).gradients
        arrays = self.right_reply("train").arrays
        return {name[5:]: a for name, a in arrays.items() if name.startswith("grad.")}

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
        """The first known mistake that explains wrong values; None if nothing proves one."""
        if not self.is_followed:
            return None
        found = next(self.changing(), None)
        if found is not None:
            return found
        if self.unregistered:
            return not_registered(len(self.unregistered))
        if self.is_random:
            return Departure("noise_added", "the output", "the same at every pass", "it changes")
        if self.is_batch_dependent:
            wanted = "the same whatever images are beside it"
            return Departure("cheats_eval", "the output for an image", wanted, "it depends on them")
        return None
