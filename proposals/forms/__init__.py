"""Input shape of the proposers' pages: the form's pages in ``interest``, moves in ``own_moves``."""
