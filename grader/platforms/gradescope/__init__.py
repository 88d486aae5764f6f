"""Gradescope: its export comes in, results.json goes out, and it runs the grader itself."""
