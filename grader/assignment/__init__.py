"""This assignment: its checks, its networks and layer, what its write-up and saved runs must show.

In come evidence and the reference's replies, out come findings.
It may not know of points, pages, platforms or a class.
"""
