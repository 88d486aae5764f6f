"""A session with one kernel: cells, requests, and bounds on what it sends."""
