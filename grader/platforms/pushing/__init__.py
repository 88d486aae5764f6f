"""Results sent to a platform over its REST interface."""
