"""The student's check: the public checks, on one's own machine or in the notebook itself.

Their inputs are drawn from one public seed; the right answers are recorded numbers, or the
reference's own where that is installed. Nothing in here needs a POSIX system.
"""
