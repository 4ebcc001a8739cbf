"""Partners and us: what is put to them, what they say, who is told of it."""
