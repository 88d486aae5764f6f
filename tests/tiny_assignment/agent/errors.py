"""The engine's, under the name that it has beside these files in the kernel."""

from grader.kernel.agent.errors import NotBuilt

__all__ = ["NotBuilt"]
