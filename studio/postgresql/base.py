"""Django's PostgreSQL, but who asks whether a connection still lives does not wait for the database, and a page of a
list is read from the index that was made for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from select import POLLIN, poll

from django.db.backends.postgresql import base

TRUSTED = 5.0  # seconds; what stands idle for longer may have been cut by something on the way, which tells nobody

# PostgreSQL's own 4 is for disks that turn. With it a team's newest tasks were read back from the primary key: that
# is smaller than the index of teams and so seems cheaper, through all that others have done since.
NEAR = "SET random_page_cost = 1.1"
OFTEN = 5  # times that something is asked before it is kept


class DatabaseWrapper(base.DatabaseWrapper):
    looked_at = float("-inf")

    def init_connection_state(self) -> None:
        super().init_connection_state()
        with self.connection.cursor() as cursor:
            cursor.execute(NEAR)

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Inside, statements are kept, and soon one plan of each for all values: to plan takes longer than to answer.

        For statements that have one right plan, whosever rows they are of. What Django composes is planned each time:
        how a list is best read depends on how much of a table is the team's; planned for all, it reads everybody's.
        """
        self.ensure_connection()
        driver = self.connection
        before, driver.prepare_threshold = driver.prepare_threshold, OFTEN
        try:
            yield
        finally:
            driver.prepare_threshold = before

    def _savepoint_rollback(self, sid: str) -> None:
        """What failed may have been about to be kept, and the driver takes it for kept. It forgets all of them when it
        hears of a rollback, to which it listens only here."""
        with self.keeping():
            super()._savepoint_rollback(sid)  # type: ignore[misc]

    def is_usable(self) -> bool:
        """Asked at the begin of every request, where a question to the database takes as long as each of the view's.

        A server that ended the connection has said so: then there is something to read, which is nothing otherwise.
        """
        now = time.monotonic()
        trusted = now - self.looked_at < TRUSTED and not self.errors_occurred and self.is_silent()
        self.looked_at = now
        return trusted or super().is_usable()

    def is_silent(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        socket = poll()
        socket.register(self.connection.fileno(), POLLIN)
        return not socket.poll(0)
