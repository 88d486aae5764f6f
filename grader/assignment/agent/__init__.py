"""The assignment's part of the agent: what its requests do to the student's code.

These files lie flat beside the engine's in the kernel, as one package. Out here `errors.py` and
`snapshot.py` stand for the engine's own, which take their place there.
"""
