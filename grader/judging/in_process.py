"""Objects of this process answer requests through the agent's own code, as a kernel does."""

from __future__ import annotations

from typing import Any

from grader.kernel.agent.serve import Agent
from grader.kernel.requests import typed
from grader.model import Outcome, Reply, Request, StudentError
from grader.model.assignment import chosen


def agent(names: dict[str, Any]) -> Agent:
    """Return an agent that answers for the objects in a namespace."""
    return Agent(names, chosen().handlers())


def ask(request: Request, agent: Agent) -> Reply:
    """Return the answer to one request, read as if it had come from a kernel."""
    arrays = {name: array.copy() for name, array in request.arrays.items()}
    head, found = agent.answer(request.kind, request.params, arrays)
    error = head["error"] and StudentError(**head["error"])
    return typed(request, Reply(request.id, Outcome(head["outcome"]), head["values"], found, error))
