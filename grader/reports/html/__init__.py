"""A report for a student as one HTML file: no script, nothing fetched."""
