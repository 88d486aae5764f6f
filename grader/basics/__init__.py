"""What every room uses and no room owns: bounded reads, zips, tables, limits, exit codes.

In come files and words of strangers, out come bytes and rows that are checked, or one clear line.
It may not know what a notebook, a check or a point is.
"""
