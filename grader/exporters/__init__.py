"""Reports in other people's formats, one file a format. Each turns a GradeReport into text."""
