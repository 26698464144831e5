"""`manage.py demo`: a team at work, made up, for looking at every page with many rows. Nothing of it calls a gateway:
what has not ended stands at a connection of its own, to a host that cannot exist and paused for years.

story.toml  story.py   who they are, what they say and run          media.py   the files that were made
people.py              the team's people and its connection         work.py    tasks with all their rows
shelves.py             prompts, presets, word lists                 grids.py   batches of these tasks
money.py               prices, budgets, acts                        talks.py   comments, and who missed them
filling.py             all of it, in order
"""
