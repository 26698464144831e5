"""Questions to this machine over plain HTTP. What TLS would need is left out: to read all certificates takes 26 ms of a
processor, and who waits for something asks hundreds of times."""

from __future__ import annotations

from functools import partial

import httpx

get = partial(httpx.get, verify=False, trust_env=False)
head = partial(httpx.head, verify=False, trust_env=False)
post = partial(httpx.post, verify=False, trust_env=False)
stream = partial(httpx.stream, verify=False, trust_env=False)
