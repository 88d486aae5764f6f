"""index.html: the page about a class, one file, that works without a server or a script."""

from grader.reports.classpage.render import index, page

__all__ = ["index", "page"]
