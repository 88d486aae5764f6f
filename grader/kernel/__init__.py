"""Where students' code runs: the sandbox, one session in it, the agent, the stand-in Colab.

In come a notebook and requests, out come executed cells and replies, bounded and checked.
It may not judge, and never learns a right answer, a rubric or a seed.
"""
