"""One file with all that a studio holds: the database, kept files, paid answers, and the secrets it made itself."""
