"""Canvas: files side by side come in, the gradebook goes back filled in."""
