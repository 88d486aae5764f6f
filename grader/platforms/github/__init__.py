"""GitHub: a workflow that grades a repository, a summary and annotations for it."""
