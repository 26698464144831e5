"""The cache that several web servers share, by REDIS_URL: limits on guessing, and what may be forgotten."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import Redis
from redis.exceptions import RedisError

START = 3  # seconds for it when the studio starts
SOON = 1  # seconds after which a Redis that does not answer is taken to be away


def fault_of(address: str) -> Exception | None:
    """Why the Redis at this address does not answer."""
    try:
        Redis.from_url(address, socket_connect_timeout=START, socket_timeout=START).ping()
    except (RedisError, ValueError) as fault:
        return fault
    return None


class SharedCache(BaseCache):
    """Redis, and while it does not answer this process's memory: a limit that counts only here is better than a
    sign-in page that fails."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        options = {"socket_connect_timeout": SOON, "socket_timeout": SOON}
        self.shared = RedisCache(location, params | {"OPTIONS": options})
        self.own = LocMemCache("while-redis-is-away", params)

    def ask(self, verb: str, *args: Any) -> Any:
        try:
            return getattr(self.shared, verb)(*args)
        except RedisError:
            return getattr(self.own, verb)(*args)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self.ask("add", key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self.ask("get", key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self.ask("set", key, value, timeout, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self.ask("touch", key, timeout, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self.ask("delete", key, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return int(self.ask("incr", key, delta, version))

    def clear(self) -> None:
        self.ask("clear")
