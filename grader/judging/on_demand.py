"""Replies that are asked for when a check looks at them: what is never looked at costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from grader.model import Replies, Reply, Request


class OnDemand(Replies):
    """Replies of somebody who can still be asked.

    Args:
        ask: puts one request.
        known: replies that are there already, by id.
        asked: what may be asked, by id.
    """

    def __init__(
        self,
        ask: Callable[[Request], Reply],
        known: Mapping[str, Reply],
        asked: Mapping[str, Request],
    ) -> None:
        super().__init__(known, asked)
        self._ask = ask

    def peek(self, key: str) -> Reply:
        """Return the reply whatever its outcome, asking for it the first time."""
        if key not in self._replies and key in self.requests:
            self._replies[key] = self._ask(self.requests[key])
        return super().peek(key)

    def add(self, found: Iterable[tuple[Request, Reply]]) -> None:
        """Put in what a search came upon."""
        for request, reply in found:
            self.requests[request.id] = request
            self._replies[reply.id] = reply
