"""Trains the reference, and what is known to be wrong, over many seeds: bands and curves."""
