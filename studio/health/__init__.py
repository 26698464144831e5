"""IS IT WELL: signs of life, the checks that read them, and who is told. May import teams,
tasks and assets."""
