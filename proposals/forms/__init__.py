"""Input shape of the proposers' pages: the form's pages in ``interest``, its end in ``own_moves``."""
