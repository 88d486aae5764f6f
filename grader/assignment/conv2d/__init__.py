"""MyConv2d by property: calls, the search for the smallest failing one, and verdicts."""
