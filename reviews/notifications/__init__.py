"""Who is told of a move and of work, with which mail, and who is not told and why."""
