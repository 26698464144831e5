from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from studio import catalog

GOOD = {"callback_url": "https://a.b/c/", "model": "gen3", "prompt": "x", "ratio": "16:9", "options": {"seconds": 5}}


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("catalog", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "given.json"
    path.write_text(json.dumps(GOOD), encoding="utf-8")
    return path


def test_list_names_every_operation() -> None:
    lines = run("list").splitlines()
    assert [line.split()[0] for line in lines] == [o.slug for o in catalog.operations()]
    listed = json.loads(run("list", "--json"))
    assert {each["operation"]: each["offered"] for each in listed}["runway.feed"] is False


def test_show_tells_source_and_doubt_of_every_field() -> None:
    text = run("show", "runway.generate-text")
    assert text.count("    source: ") == len(catalog.get("runway.generate-text").fields)
    assert "only when Model is gen2" in text
    shown = json.loads(run("show", "runway.generate-text", "--json"))
    assert all(field["source"] and field["doubt"]["en"] for field in shown["fields"])
    assert shown["schema"]["required"] == ["callback_url", "prompt", "model"]


def test_show_tells_what_excludes_each_other() -> None:
    assert "not beside Static brush, Camera move" in run("show", "kling.image2video")
    shown = json.loads(run("show", "kling.image2video", "--json"))
    assert shown["exclusive"][0] == [
        ["image_tail"],
        ["static_mask", "dynamic_masks"],
        ["camera_control.type", "camera_control.config"],
    ]


def test_check_of_a_good_body_says_so(file: Path) -> None:
    assert run("check", "runway.generate-text", str(file)) == "No problems.\n"
    assert json.loads(run("check", "runway.generate-text", str(file), "--json")) == []


def test_check_of_a_bad_body_names_it_and_fails(file: Path) -> None:
    file.write_text('{"prompt": 5}')
    with pytest.raises(CommandError, match=r"3 error\(s\)"):
        run("check", "runway.generate-text", str(file))


def test_check_without_a_body_checks_the_catalog() -> None:
    assert "The catalog is whole" in run("check")


def test_read_tells_what_a_payload_says(file: Path) -> None:
    file.write_text('{"task_id": "7", "status": "3", "video_url": "https://a.b/v.mp4", "poster": "https://a.b/p.jpg"}')
    text = run("read", "runway.feed", str(file), "--kind", "callback")
    assert "state: succeeded" in text
    assert "result: image poster https://a.b/p.jpg" in text
    report = json.loads(run("read", "runway.generate-text", str(file), "--kind", "poll", "--json"))
    assert report["gateway_id"] == "7"
    assert "HTTP 502" in json.loads(run("read", "runway.feed", str(file), "--status", "502", "--json"))["error"]


def test_body_builds_from_values_by_path(file: Path) -> None:
    values: dict[str, Any] = {"prompt": "x", "callback_url": "https://a.b", "model": "gen3", "options.seconds": 5}
    file.write_text(json.dumps(values | {"style": "cinematic"}))
    assert json.loads(run("body", "runway.generate-text", str(file)))["options"] == {"seconds": 5}
    built = json.loads(run("body", "runway.generate-text", str(file), "--json", "--fate", "omit"))
    assert "style" not in built["body"]
    assert [line["at"] for line in built["trace"] if not line["kept"]] == ["style"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("show", "runway.nothing"), "There is no operation “runway.nothing”"),
        (("check", "runway.feed"), "Name the body's file"),
        (("check", "runway.feed", "/nowhere.json"), "cannot be read: No such file"),
        (("read", "runway.feed", "/"), "cannot be read: Is a directory"),
        (("body", "runway.feed", "broken"), "is no JSON. Line 1, column 2"),
        (("body", "runway.feed", "list"), "must be an object by path"),
        (("check", "runway.feed", "bytes"), "is no UTF-8 text"),
        (("check", "runway.feed", "list"), "1 error"),
        (("openapi", "--out", "/"), "cannot be written: Is a directory"),
    ],
)
def test_what_goes_wrong_is_one_sentence(arguments: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    files = {"broken": b"{", "list": b"[1]", "bytes": b"\xff\xfe"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CommandError, match=r"(?s).") as caught:
        run(*(str(tmp_path / each) if each in files else each for each in arguments))
    assert sentence in str(caught.value)
