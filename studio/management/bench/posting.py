"""A program that only posts: the floor of sending. Nothing of the studio is in it.

`python posting.py URL KEY COUNT` takes the body as the first line of its input; the second line starts it.
Prints the seconds that so many POSTs took, each over a connection of its own.
"""

from __future__ import annotations

import sys
import time

import httpx


def main() -> None:
    url, key, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    body = sys.stdin.readline().encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with httpx.Client(limits=httpx.Limits(max_keepalive_connections=0), trust_env=False, headers=headers) as client:
        print("ready", flush=True)
        sys.stdin.readline()
        began = time.perf_counter()
        for _ in range(count):
            client.post(url, content=body).raise_for_status()
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
