"""The parts of `urllib`."""
