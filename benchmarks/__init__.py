"""Benchmarks: what grading costs, measured side by side; run by hand, never a test."""
