"""The call as a shell command: what reaches the program is the body, whatever stands in it."""

from __future__ import annotations

import subprocess

import pytest

from studio import catalog
from studio.composer.drafts import Draft
from studio.composer.samples import curl
from studio.teams.models import Connection

PROMPTS = [
    "a boat",
    "雨中的纸船",
    'it\'s "quoted"',
    "$HOME `id` $(id)",
    "back\\slash\nline",
    "-d @file !! %s",
    "'; exit 1; '",
]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_shell_hands_over_exactly_the_body(prompt: str) -> None:
    operation = catalog.get("runway.generate-text")
    body = Draft(operation, {"prompt": prompt, "model": "gen3"}).build({}).body
    connection = Connection(name="Gateway", base_url="https://gateway.example.com")
    script = "curl() { printf '%s\\0' \"$@\"; }\nGATEWAY_KEY=sk-from-the-shell\n" + curl(
        operation, connection, {}, body
    )
    run = subprocess.run(["bash", "-c", script], capture_output=True, check=True)
    given = run.stdout.decode().split("\0")[:-1]
    assert given == [
        "-X",
        "POST",
        "https://gateway.example.com/runway/v1/pro/generate",
        "-H",
        "Authorization: Bearer sk-from-the-shell",
        "-H",
        "Content-Type: application/json",
        "--data-raw",
        catalog.dumps(body),
    ]


def test_the_key_is_never_in_the_sample() -> None:
    operation = catalog.get("runway.generate-text")
    connection = Connection(name="Gateway", base_url="https://gateway.example.com")
    connection.set_key("sk-very-secret")
    assert "sk-very" not in curl(operation, connection, {}, {})
    assert "$GATEWAY_KEY" in curl(operation, connection, {}, {})


def test_the_path_is_the_connections_own() -> None:
    operation = catalog.get("runway.generate-text")
    connection = Connection(name="G", base_url="https://g.example", paths={operation.slug: "/runway/pro/generate"})
    assert "https://g.example/runway/pro/generate" in curl(operation, connection, {}, {})
