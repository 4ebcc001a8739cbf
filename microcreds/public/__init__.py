"""Pages for everyone, without sign-in."""
