"""Answers to our mails: the address they go to, how they are read, taken and sorted."""
