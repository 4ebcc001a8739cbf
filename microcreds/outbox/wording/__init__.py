"""The words of mails: variables, texts as the program or staff have them, checks, editor."""
