"""What a student wrote: the typeset answers, and formulas in NF and NC."""
