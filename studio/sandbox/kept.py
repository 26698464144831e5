"""Files that hold more than an address can say: the latest of them, as long as this program runs."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

MOST_BYTES = 64 * 1024 * 1024


class Kept:
    """Methods may be called from any thread."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, content: bytes) -> str:
        """Keep a file; its name is told by what is in it."""
        name = hashlib.sha256(content).hexdigest()[:32]
        with self._lock:
            self._files[name] = content
            self._files.move_to_end(name)
            while sum(map(len, self._files.values())) > MOST_BYTES and len(self._files) > 1:
                self._files.popitem(last=False)
        return name

    def get(self, name: str) -> bytes:
        """Raises KeyError for what was never kept, or is no longer."""
        with self._lock:
            return self._files[name]
