"""A class: workers, engines, what is done already, and the folder of results.

In come hand-ins and settings, out comes one folder of results, whole at every moment.
It may not parse what a student wrote in the process that owns the results.
"""
