"""Files that a platform runs by itself: an autograder for Gradescope, a tester, a workflow."""
