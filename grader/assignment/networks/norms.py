"""Names what a student did to BatchNorm, other than where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from grader.assignment.networks.architecture import EPS, MOMENTUM, Architecture, Norm
from grader.assignment.networks.diagnosis import Departure, place


def departures(actual: Architecture, *, training: bool) -> Iterator[Departure]:
    """Yield how each BatchNorm is set up in another way than nn.BatchNorm2d(channels).

    Args:
        actual: the network.
        training: whether it ran in train mode.
    """
    for norm in actual.norms:
        where = place(actual, norm.number) if norm.number >= 0 else "the input"
        for mistake, expected, got in _of(norm, training=training):
            yield Departure(mistake, where, expected, got)


def _of(norm: Norm, *, training: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the mistake, what was expected, and what was found."""
    if training and not norm.training:
        yield (
            "batchnorm_frozen",
            "BatchNorm that takes the batch's own mean and variance in train mode",
            "BatchNorm that takes its running statistics, as in eval mode",
        )
    if not norm.learns:
        yield (
            "batchnorm_not_affine",
            "BatchNorm with a weight and a bias to learn",
            "BatchNorm with affine=False, which has neither",
        )
    if not norm.tracks:
        yield (
            "cheats_eval",
            "BatchNorm that keeps running statistics for eval mode",
            "BatchNorm without them (track_running_stats=False, or a function without buffers)",
        )
    pairs = (("eps", norm.eps, EPS), ("momentum", norm.momentum, MOMENTUM))
    changed = [pair for pair in pairs if pair[1] != pair[2] and training]
    if changed:
        got, usual = (", ".join(f"{pair[0]}={pair[i]:g}" for pair in changed) for i in (1, 2))
        yield "batchnorm_settings", f"BatchNorm with torch's own {usual}", f"BatchNorm with {got}"
