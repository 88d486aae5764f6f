"""What MarkUs gives and takes."""

from grader.platforms.common.nouns import Each, Platform
from grader.platforms.markus import class_list
from grader.platforms.markus.results import document

PLATFORM = Platform("MarkUs", Each("results.jsonl", document), class_list=class_list.read)
