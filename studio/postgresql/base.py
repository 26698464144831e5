"""Django's PostgreSQL, but who asks whether a connection still lives does not wait for the database, and a page of a
list is read from the index that was made for it."""

from __future__ import annotations

import time
from select import POLLIN, poll

from django.db.backends.postgresql import base

TRUSTED = 5.0  # seconds; what stands idle for longer may have been cut by something on the way, which tells nobody

# PostgreSQL's own 4 is for disks that turn. With it a team's newest tasks were read back from the primary key: that
# is smaller than the index of teams and so seems cheaper, through all that others have done since.
NEAR = "SET random_page_cost = 1.1"


class DatabaseWrapper(base.DatabaseWrapper):
    looked_at = float("-inf")

    def init_connection_state(self) -> None:
        super().init_connection_state()
        with self.connection.cursor() as cursor:
            cursor.execute(NEAR)

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
