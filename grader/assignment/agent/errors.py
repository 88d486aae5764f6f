"""The engine's, under the name that it has beside these files in the kernel."""

from grader.kernel.agent.errors import NotBuilt, PartAnswer, describe

__all__ = ["NotBuilt", "PartAnswer", "describe"]
