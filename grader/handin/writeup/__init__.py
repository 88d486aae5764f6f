"""Write-ups as PDF, read and never run: glyphs become lines of text."""
