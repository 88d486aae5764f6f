"""From replies to verdicts: the catalogue, the comparison, secret inputs, the reference.

In come replies of the student's code and of the reference, out come results of checks.
It may not touch a kernel, nor know what a result costs.
"""
