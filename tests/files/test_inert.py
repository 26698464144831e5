"""Files that would be more than they are: playlists that read other files, pages in disguise, results that break us."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path

import av
import pytest

from studio.files import inside, sniff
from studio.files.measure import Unfit, measure
from studio.files.probing import opened
from tests.files.samples import film, picture, slides, sound
from tests.gateway.sockets import answer, listening


def playlists(url: str, path: Path) -> dict[str, list[bytes]]:
    """By the reader that would follow them."""
    names = [url, f"file://{path}", str(path)]
    hls = [f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{name}\n#EXT-X-ENDLIST\n" for name in names]
    keyed = f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n'
    concat = [f"ffconcat version 1.0\nfile '{name}'\n" for name in names]
    return {"hls": [text.encode() for text in [*hls, keyed]], "concat": [text.encode() for text in concat]}


def with_reference(data: bytes, url: str) -> bytes:
    """An MP4 whose samples are said to lie in another file (ISO 14496-12, 8.7.2)."""
    inside_of = [b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"]
    old = b"\x00\x00\x00\x0curl \x00\x00\x00\x01"
    new = (12 + len(url) + 1).to_bytes(4) + b"url \x00\x00\x00\x00" + url.encode() + b"\x00"
    assert data.count(old) == 1
    for name in inside_of:
        at = data.index(name) - 4
        size = int.from_bytes(data[at : at + 4]) + len(new) - len(old)
        data = data[:at] + size.to_bytes(4) + data[at + 4 :]
    return data.replace(old, new)


def test_nothing_in_a_file_makes_us_open_another(tmp_path: Path) -> None:
    kept = tmp_path / "kept.wav"
    kept.write_bytes(sound())
    with listening(answer(b"#EXTM3U\n")) as listener:
        for reader, texts in playlists(f"{listener.url}/a.ts", kept).items():
            for text in texts:
                assert sniff.sniff(io.BytesIO(text), text_allowed=False) is None
                for kind in (sniff.MP4, sniff.M4A, sniff.WEBM, sniff.MP3, sniff.WAV):
                    with pytest.raises(Unfit):
                        measure(io.BytesIO(text), kind)
                    assert inside.look(io.BytesIO(text), kind) == {}
                # Were it ever taken for what it is, there would be no protocol to follow it by.
                with pytest.raises(av.FFmpegError):
                    opened(io.BytesIO(text), reader)
        for target in (listener.url, f"file://{kept}"):
            referring = io.BytesIO(with_reference(film(), target))
            assert measure(referring, sniff.MP4).width == 64
            assert inside.look(referring, sniff.M4A) == {}
        assert listener.heard == []
        with suppress(av.FFmpegError):
            av.open(io.BytesIO(playlists(f"{listener.url}/a.ts", kept)["hls"][0]), format="hls")
        assert listener.heard  # the reader would go there


SCRIPT = b"<script>alert(1)</script>"
# What it is to us: the type it is served as, or None where it is not kept at all.
POLYGLOTS = [
    (b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)//", sniff.GIF),
    (picture("PNG") + SCRIPT, sniff.PNG),
    (picture("JPEG") + b"<?php system('id'); ?>", sniff.JPEG),
    (picture("JPEG") + slides(), sniff.JPEG),
    (b"%PDF-1.7\n" + SCRIPT, sniff.PDF),
    (b"ID3\x04\x00\x00\x00\x00\x00\x00" + SCRIPT, sniff.MP3),
    (sound() + b"<html>" + SCRIPT, sniff.WAV),
    (b"\x00\x00\x00\x18ftyphtml<html>" + SCRIPT, sniff.MP4),
    (slides() + SCRIPT, sniff.PPTX),
    (b"plain <b>words</b> " + SCRIPT, sniff.TEXT),
    (b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-", sniff.TEXT),
    (b'{"a": "<script>alert(1)</script>"}', sniff.JSON),
    (b"\xef\xbb\xbf<!doctype html>" + SCRIPT, None),
    (b"\xef\xbb\xbf \n<svg onload='alert(1)'>", None),
    (b"<!-- GIF89a --><html>" + SCRIPT, None),
    (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>" + SCRIPT, None),
    (b"<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>", None),
    (b"<a href='javascript:alert(1)'>x</a>", None),
    (SCRIPT + slides(), None),
    ("<html>".encode("utf-16"), None),
    (b"\x00\x00\x00\x1cftypavif" + SCRIPT, None),
    (b"PK\x03\x04" + SCRIPT, None),
    (b"RIFF\x00\x00\x00\x00XXXX" + SCRIPT, None),
]


def test_a_file_of_two_kinds_is_the_one_that_cannot_run() -> None:
    for data, kind in POLYGLOTS:
        assert sniff.sniff(io.BytesIO(data), text_allowed=True) == kind, data[:40]
        assert kind is None or not {"html", "svg", "xml", "script"} & set(kind.media_type.replace("+", "/").split("/"))
