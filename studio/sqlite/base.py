"""Django's SQLite, but who waits for the one writer looks again soon, instead of sleeping ever longer."""

from __future__ import annotations

import sqlite3
import time

from django.db.backends.sqlite3 import base

# Seconds between two looks, once so much of the wait is over. SQLite's own waiting sleeps up to 100 ms between two of
# them, while a transaction of ours takes one or two: of three processes that write, each was late by 80 to 180 ms in
# one of a hundred, and the file stood unused meanwhile. Who must wait longer waits for something else.
PAUSES = ((0.02, 0.0003), (0.2, 0.002), (2.0, 0.02), (float("inf"), 0.1))


class DatabaseWrapper(base.DatabaseWrapper):
    def _start_transaction_under_autocommit(self) -> None:
        """Begin, and wait for who writes now for as long as `timeout` says. Raises OperationalError after it."""
        options = self.settings_dict["OPTIONS"]
        begin, patience = f"BEGIN {options['transaction_mode']}", float(options["timeout"])
        with self.wrap_database_errors:
            self.connection.execute("PRAGMA busy_timeout = 0")
            try:
                self.begin_patiently(begin, patience)
            finally:
                self.connection.execute(f"PRAGMA busy_timeout = {patience * 1000:.0f}")

    def begin_patiently(self, begin: str, patience: float) -> None:
        began = time.monotonic()
        while True:
            try:
                self.connection.execute(begin)
                return
            except sqlite3.OperationalError as fault:
                waited = time.monotonic() - began
                if fault.sqlite_errorcode != sqlite3.SQLITE_BUSY or waited >= patience:
                    raise
            time.sleep(next(pause for until, pause in PAUSES if waited < until))
