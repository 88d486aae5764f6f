"""The checks, one file a question. They see evidence and replies, never a kernel, path or file."""
