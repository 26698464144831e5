"""Django's PostgreSQL, but who asks whether a connection still lives does not wait for the database."""

from __future__ import annotations

from select import POLLIN, poll

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Asked at the begin of every request, where a question to the database takes as long as each of the view's.

        A server that ended the connection has said so: then there is something to read, which is nothing otherwise.
        """
        if self.connection is None or self.connection.closed:
            return False
        socket = poll()
        socket.register(self.connection.fileno(), POLLIN)
        return not socket.poll(0) or super().is_usable()
