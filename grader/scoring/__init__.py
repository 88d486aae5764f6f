"""From verdicts to points: the rubric, what people mark and decide, what students may see.

In come results of checks and tables that people filled in, out comes a report.
It may not know what a check looks at, nor how a report is shown.
"""
