"""Proof of the catalogue and of its numbers: mutants, right variants, bands."""
