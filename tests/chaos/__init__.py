"""Chaos: the real studio is killed at every point where it could hurt, and the sandbox's ledger says what was paid.

settings.py, times.py, points.py and builds.py run inside the studio; running.py, driver.py and truth.py beside it.
"""
