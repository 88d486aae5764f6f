"""What the notebook showed when it was handed in: read, never executed."""
