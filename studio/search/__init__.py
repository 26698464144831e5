"""BY WHICH WORDS THINGS ARE FOUND: one index of what a team writes. It knows teams, and nothing of what it indexes."""
