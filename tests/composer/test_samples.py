"""From an operation, a connection and a body to the neutral call of the samples."""

from __future__ import annotations

from studio import catalog
from studio.composer.code import LANGUAGES, Part
from studio.composer.samples import call
from studio.teams.models import Connection


def test_only_a_file_is_read_from_the_disk() -> None:
    body = {"prompt": "@home; type=text", "image": "@sketch.png", "strength": "0.65", "seed": 7, "style": None}
    request = call(catalog.get("stable-diffusion.sd3"), None, {}, body)
    assert request.body is None
    assert request.parts == (
        Part("prompt", "@home; type=text"),
        Part("image", "sketch.png", is_file=True),
        Part("strength", "0.65"),
        Part("seed", "7"),
    )


def test_the_key_is_in_no_sample() -> None:
    connection = Connection(name="Gateway", base_url="https://gateway.example.com")
    connection.set_key("sk-very-secret")
    request = call(catalog.get("runway.generate-text"), connection, {}, {"prompt": "x"})
    assert not [each.name for each in LANGUAGES if "sk-very" in each.write(request)]


def test_the_path_is_the_connections_own() -> None:
    operation = catalog.get("runway.generate-text")
    connection = Connection(name="G", base_url="https://g.example/", paths={operation.slug: "/runway/pro/generate"})
    assert call(operation, connection, {}, {}).url == "https://g.example/runway/pro/generate"
