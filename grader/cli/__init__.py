"""The command line: the verbs and how each ends.

In come words that a person typed, out come lines on a terminal and an exit code.
It may not hold anything that a verb of another room would need.
"""
