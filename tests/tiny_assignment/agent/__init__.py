"""Lies flat beside the engine's agent in the kernel."""
