"""The bytes of a body: what a server's own parser finds in them."""

from __future__ import annotations

from email import message_from_bytes

from studio.catalog import loads
from studio.gateway import Content, FilePart, multipart_content


def parts(content: Content) -> list[tuple[str, str, bytes]]:
    """Name, file name and bytes of every part."""
    whole = message_from_bytes(f"Content-Type: {content.media_type}\r\n\r\n".encode() + content.data)
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            part.get_filename() or "",
            bytes(part.get_payload(decode=True) or b""),
        )
        for part in whole.walk()
        if not part.is_multipart()
    ]


def test_a_form_without_a_file_is_still_a_form_of_parts() -> None:
    content = multipart_content(loads('{"prompt": "红色 \\"bike\\"", "seed": 10, "strength": 0.50, "stream": true}'))
    assert content.media_type.startswith("multipart/form-data; boundary=")
    assert parts(content) == [
        ("prompt", "", '红色 "bike"'.encode()),
        ("seed", "", b"10"),
        ("strength", "", b"0.50"),
        ("stream", "", b"true"),
    ]


def test_lists_repeat_their_part_objects_are_json_and_null_is_left_out() -> None:
    body = {"kinds[]": ["word", "segment"], "chunks": {"type": "vad"}, "gone": None}
    assert parts(multipart_content(body)) == [
        ("kinds[]", "", b"word"),
        ("kinds[]", "", b"segment"),
        ("chunks", "", b'{"type":"vad"}'),
    ]


def test_a_file_keeps_its_name_its_type_and_its_bytes() -> None:
    sound = FilePart("早安.mp3", "audio/mpeg", b"\x00\xff\r\n--")
    content = multipart_content({"file": sound, "model": "whisper-1"})
    assert b"Content-Type: audio/mpeg" in content.data
    assert parts(content)[0][2] == sound.data


def test_a_body_of_nothing_is_a_form_without_parts() -> None:
    content = multipart_content({})
    assert b"--empty--" in content.data
    assert "boundary=empty" in content.media_type
