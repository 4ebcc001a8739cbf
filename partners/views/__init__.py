"""Pages for organizations outside: they begin, open a link, follow what is shared with them."""
