"""Reports as people read them: on a terminal, a page, a table of the class.

In come graded reports, out comes text.
It may not decide anything, nor know of a platform.
"""
