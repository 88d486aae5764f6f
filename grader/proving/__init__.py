"""Proof of the catalogue and of its numbers: mutants, right variants, bands.

In come the reference and what is known to be wrong, out comes a table that anybody can check.
It may not be needed to grade.
"""
