"""A STAND-IN GATEWAY: its own program. Knows no Django and imports nothing of ours.

Started with `python -m studio.sandbox --port 8001`, or called in-process through `studio.sandbox.app.make_app()`.
A system is one module with its ROUTES (runway.py is the pattern). Tasks, ledger and faults live in memory and a restart
forgets them; the address of a film, a song or a picture holds all that is needed to make it again.
"""
