"""A backup with real processes: whole, and it buys nothing when it comes back."""

from __future__ import annotations

import hashlib
import tarfile
import time
from pathlib import Path

import pytest

from tests import plain
from tests.processes import eventually, house
from tests.services import ask, begin, ledger, let_finish, manage, prepare, start, stop

pytestmark = pytest.mark.slow
BEFORE, AFTER = 6, 40  # tasks that wait in the backup, and tasks that it does not know
PICTURE = b"a picture" * 1000
MAKE_FILE = """
from django.core.files.base import ContentFile
from studio.teams.models import Team, User
from studio.teams.scope import across_teams
from studio.files.models import File
import hashlib
with across_teams():
    data = b'a picture' * 1000
    file = File(team=Team.objects.get(), person=User.objects.get(), name='a.png', kind='image', media_type='image/png',
                size=len(data), sha256=hashlib.sha256(data).hexdigest())
    file.file.save('a/b/picture.png', ContentFile(data), save=False)
    file.save()
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restored_backup_buys_nothing(kind: str, tmp_path: Path) -> None:
    with house(kind) as studio:
        prepare(studio)
        begin(studio, BEFORE)
        studio.do(MAKE_FILE)
        backup = Path(manage(studio, "backup", str(tmp_path)).rpartition("  ")[0])

        programs = start(studio)
        begin(studio, AFTER)
        eventually(lambda: len(ledger(studio)) == BEFORE + AFTER, 90, "not all were sent")
        stop(programs)

        picture = next((studio.folder / "media").rglob("picture*.png"))
        picture.write_bytes(b"damaged since")
        assert "Sending is held" in manage(studio, "restore", str(backup))
        assert hashlib.sha256(picture.read_bytes()).digest() == hashlib.sha256(PICTURE).digest()
        assert (
            ask(studio, "Attempt.objects.count(), Attempt.objects.filter(state='unknown').count()")
            == f"{BEFORE} {BEFORE}"
        )

        programs = start(studio)
        begin(studio, 1)
        let_finish(studio)
        # The callbacks of the tasks that the database does not know: genuine, and kept.
        ghosts = "Callback.objects.filter(attempt=None).values('public_id').distinct().count()"
        eventually(lambda: int(ask(studio, ghosts)) == AFTER, 90, "not all late callbacks were kept")
        time.sleep(2.5)  # longer than a round of the clock
        assert len(ledger(studio)) == BEFORE + AFTER
        assert plain.get(f"{studio.environment['STUDIO_PUBLIC_URL']}/readyz").json()["checks"]["fence"] == "failing"

        assert manage(studio, "fence", "lift") == "Sending goes on."
        eventually(lambda: len(ledger(studio)) > BEFORE + AFTER, 60, "what was begun since was not sent")
        time.sleep(2.5)
        assert len(ledger(studio)) == BEFORE + AFTER + 1
        stop(programs)


def test_a_damaged_backup_is_one_sentence_and_changes_nothing(tmp_path: Path) -> None:
    with house() as studio:
        manage(studio, "setup")
        studio.do(MAKE_FILE)
        backup = tmp_path / "one.tar"
        manage(studio, "backup", str(backup))
        assert backup.stat().st_mode & 0o077 == 0
        with tarfile.open(backup) as tar:
            names = tar.getnames()
            at = tar.getmember(next(name for name in names if name.endswith(".png"))).offset_data
        assert names[0] == "studio.sqlite3"
        whole = backup.read_bytes()
        for data in (whole[:at] + b"X" + whole[at + 1 :], whole[: len(whole) // 2], b"", b"no tar at all" * 100):
            backup.write_bytes(data)
            said = studio.do(f"""
from django.core.management import call_command
from studio.management.trouble import Trouble
try:
    call_command('restore', r'{backup}')
except Trouble as trouble:
    print(trouble)
""")
            assert said.startswith(str(backup)), said
            assert len(said.splitlines()) == 1
        assert manage(studio, "fence") == "Sending goes on."
