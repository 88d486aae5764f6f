"""How one network of a submission is built, as its traces say."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from grader.assignment.checks.networks import HANDOUT, MODES, REPAIRED, Setting
from grader.assignment.networks import architecture, diagnosis, graph, joins, norms
from grader.assignment.networks.architecture import Architecture
from grader.assignment.networks.diagnosis import Departure
from grader.assignment.networks.graph import Graph, Unreadable
from grader.basics.numbers import many
from grader.model import Evidence, NoAnswer, Outcome, Replies, Reply

Array = np.ndarray[Any, Any]
NAMES = {"cnn": "CNN", "unet": "UNet"}
SAME_FUNCTION = {"upsample_after_relu", "upsample_after_batchnorm"}
HARMLESS = SAME_FUNCTION | {"batchnorm_settings"}  # said, never failed
RANDOM = {"noise_added", "dropout_added"}


class Structure:
    """What the answers say of how one network is built; it may be untrue. See `views.View`."""

    def __init__(self, evidence: Evidence, reference: Replies, part: str) -> None:
        self.evidence, self.reference = evidence, reference
        self.part, self.name = part, NAMES[part]
        self._networks: dict[str, Architecture | None] = {}

    @functools.cached_property
    def is_repaired(self) -> bool:
        """Whether it answered with a right MyConv2d in the place of its own, which is wrong."""
        found = (self.evidence.replies.peek(f"{self.part}.{REPAIRED}.{m}") for m in MODES)
        return all(reply.outcome is Outcome.OK for reply in found)

    def _id(self, key: str) -> str:
        return f"{self.part}.{REPAIRED}.{key}" if self.is_repaired else f"{self.part}.{key}"

    def peek(self, key: str) -> Reply:
        """Return the reply to "train", "eval" ... by which it is judged, whatever its outcome."""
        return self.evidence.replies.peek(self._id(key))

    def reply(self, key: str) -> Reply:
        """Return the same; raises NoAnswer unless it went well."""
        return self.evidence[self._id(key)]

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
        if key not in self._networks:
            self._networks[key] = self._read(key)
        return self._networks[key]

    def _read(self, key: str) -> Architecture | None:
        try:
            return architecture.read(self.graph_of(self.reply(key), key))
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

    @functools.cached_property
    def departures(self) -> list[Departure]:
        """How the blocks depart from the diagram in train mode, and what is added in eval mode."""
        return self._in_both_modes(self.block_departures)

    @functools.cached_property
    def skip_departures(self) -> list[Departure]:
        """How the joins of a UNet depart from the diagram, likewise."""
        return self._in_both_modes(self._skip_departures)

    def _skip_departures(self, key: str) -> list[Departure]:
        network = self.network_at(key)
        if self.part != "unet" or network is None:
            return []
        return list(joins.skip_departures(network, self.diagram()))

    @staticmethod
    def _in_both_modes(departures: Callable[[str], list[Departure]]) -> list[Departure]:
        train, evaluation = map(departures, MODES)
        known = {(departure.mistake, departure.where) for departure in train}
        return [*train, *(d for d in evaluation if (d.mistake, d.where) not in known)]

    @functools.cached_property
    def unregistered(self) -> list[str]:
        """The slots whose tensors no optimizer would be given, or that change at every pass."""
        values = self.reply("eval").values
        slots = values["slots"].items()
        lost = [s for s, about in slots if not about["name"] and "running" not in s]
        return lost + [slot for slot in values.get("unstable", []) if slot not in lost]

    def changing(self) -> Iterator[Departure]:
        """Yield the departures that make it another function."""
        for departure in (*self.departures, *self.skip_departures):
            if departure.mistake not in HARMLESS:
                yield departure

    def graph_of(self, reply: Reply, key: str) -> Graph:
        """Return the operations of a reply. Raises Unreadable."""
        return graph.read(reply.values, self.arrays(key)["input"].shape)


def not_registered(count: int) -> Departure:
    """Return the departure of a network whose layers are not attributes of it."""
    return Departure(
        "layers_not_registered",
        "the parameters",
        "every layer an attribute of the module (or in an nn.ModuleList)",
        f"{many(count, 'tensor')} that `parameters()` does not list",
    )
