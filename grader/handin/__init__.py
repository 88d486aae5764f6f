"""What comes in: folders, zips and downloads become submissions.

In come what a platform gives and the class list, out come submissions and notebooks as JSON.
It may not run anything that a student wrote, nor know what will be asked of it.
"""
