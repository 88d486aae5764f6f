"""What can go wrong with the sandbox itself; none of these is ever the student's fault."""

from grader.basics.exits import BadInput


class SandboxError(RuntimeError):
    """The sandbox failed; the message is one line that says why and what to do."""


class SandboxUnavailable(SandboxError, BadInput):
    """No sandbox of the requested kind works on this machine."""


class ExposedPathError(SandboxError):
    """A mount would have shown the kernel something that it must not see."""
