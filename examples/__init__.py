"""Made-up submissions in the shape of real ones, and the builder that makes them."""
