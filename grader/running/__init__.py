"""A class: workers, engines, what is done already, and the folder of results."""
