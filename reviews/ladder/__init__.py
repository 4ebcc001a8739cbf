"""What is told because nobody moves (domain.md §4.1): late steps, owners who fell silent, approvals
that end. ``table`` has every number, ``climbing`` is the run."""
