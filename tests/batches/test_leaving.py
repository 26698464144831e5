"""What leaves a batch as a zip."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from studio import pouring
from studio.batches.download_views import fitting
from studio.batches.models import Cell, CellStar
from studio.teams.models import User
from studio.zipping import Entry, read_manifest, zipped
from tests.batches.planner import finish, the_batch

pytestmark = pytest.mark.usefixtures("everywhere", "db")


def test_the_results_leave_as_one_zip_with_a_table_of_the_cells(visitor: Client) -> None:
    batch = the_batch(visitor)
    finish(batch)
    answer: Any = visitor.get(reverse("batches:results", args=[batch.pk]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    names = archive.namelist()
    assert names == ["cells.csv", *[f"{n:04} {words} 1.mp4" for n, words in
                     ((1, "fog 5"), (2, "fog 10"), (4, "rain 5"), (5, "rain 10"))]]  # fmt: skip
    assert archive.read(names[2]) == b"film 2"
    lines = archive.read("cells.csv").decode("utf-8-sig").splitlines()
    assert lines[0] == "cell,state,task,Prompt · “fog”,Duration,options.seconds,prompt,points,why"
    assert lines[3].startswith("3,excluded,,fog,7,")


def test_the_cells_that_anybody_gave_a_star_stand_and_leave_alone(visitor: Client, alice: User) -> None:
    batch = the_batch(visitor)
    url, zipped_url = (reverse(f"batches:{name}", args=[batch.pk]) for name in ("batch", "results"))
    finish(batch)
    page = visitor.get(url, {"starred": ""}).content.decode()
    assert "No cell has a star yet" in page
    assert "Download starred" not in page
    for number, person in ((5, alice), (2, alice), (2, batch.person)):
        CellStar.objects.create(team=batch.team, cell=Cell.objects.get(batch=batch, number=number), person=person)
    page = visitor.get(url, {"starred": ""}).content.decode()
    headings = re.findall('batch-list__label">([^<]*)<', page)
    assert headings == ["fog · 10", "rain · 10"]
    assert f'href="{zipped_url}?starred"' in page
    assert "No cells here" in visitor.get(url, {"starred": "", "line": "2"}).content.decode()
    answer: Any = visitor.get(zipped_url, {"starred": ""})
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.namelist() == ["cells.csv", "0002 fog 10 1.mp4", "0005 rain 10 1.mp4"]
    assert len(archive.read("cells.csv").splitlines()) == 3
    assert "starred.zip" in answer["Content-Disposition"]


def test_a_long_prompt_leaves_room_for_the_other_values_in_a_files_name() -> None:
    assert fitting(["fog", "16 9"]) == "fog 16 9"
    assert fitting([f"{'boat ' * 12}x", "10", "1280 720"]) == f"{('boat ' * 12)[:50].strip()} 10 1280 720"
    assert fitting(["a" * 60, "b" * 60, "c"]) == f"{'a' * 29} {'b' * 29} c"
    assert fitting([]) == ""


def test_a_zip_is_poured_by_the_event_loop_where_there_is_one(visitor: Client) -> None:
    batch = the_batch(visitor)
    finish(batch)
    able: Any = {"asgi.scope": {pouring.ABLE: True}}
    answer = visitor.get(reverse("batches:results", args=[batch.pk]), **able)
    assert answer[pouring.HEADER] == pouring.ZIP
    assert next(entry.name for entry in read_manifest(answer.content)) == "cells.csv"


def test_a_zip_holds_little_memory_and_leaves_out_what_is_gone(tmp_path: Any) -> None:
    large = tmp_path / "large"
    large.write_bytes(b"\0" * 3_000_000)
    pieces = list(zipped([Entry("large", str(large)), Entry("gone", str(tmp_path / "gone")), Entry("é.txt", "", "é")]))
    assert max(map(len, pieces)) < 600_000
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert archive.namelist() == ["large", "é.txt"]
    assert archive.testzip() is None
