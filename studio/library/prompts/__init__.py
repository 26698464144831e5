"""Texts that a team keeps: in versions, with labels, tags and stars; and the word lists that they draw from."""
