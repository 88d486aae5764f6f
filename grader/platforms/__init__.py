"""The platforms: what is uploaded to them once, and what they are given after a run.

In come graded folders, out come packages, results and tables in a platform's own form.
It may not decide anything.
"""
