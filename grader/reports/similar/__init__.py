"""Hand-ins whose own code is alike beyond what the class shares: something to look at."""
