"""What several platforms share: tables with a column filled in, zips, hosted grading, verbs."""
