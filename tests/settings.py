"""The studio's settings as the tests use them: a data folder of their own, quick passwords, no file manifest."""

import os
import tempfile

# Processes that tests start share their folder; the parts of one run (`pytest -n 3`) do not.
if os.environ.get("STUDIO_TEST_HALF", "") != os.environ.get("PYTEST_XDIST_WORKER", ""):
    os.environ.pop("STUDIO_TEST_DATA", None)
    os.environ["STUDIO_TEST_HALF"] = os.environ.get("PYTEST_XDIST_WORKER", "")
if not os.environ.get("STUDIO_TEST_DATA"):
    _folder = tempfile.TemporaryDirectory(prefix="studio-test-", ignore_cleanup_errors=True)  # gone when the tests end
    os.environ["STUDIO_TEST_DATA"] = _folder.name
os.environ["STUDIO_DATA"] = os.environ["STUDIO_TEST_DATA"]

from studio.settings import *  # noqa: F403
from studio.settings import DATA_DIR, DATABASES, POSTGRESQL, STATIC_ROOT, STORAGES

STYLE_PAGE = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_AUTOREFRESH = True  # else each test's browser reads the whole folder first
# On SQLite a file, as in real life: threads that share a database in memory meet locks that no file has.
name = f"test_{os.environ.get('STUDIO_TEST_DB') or os.getpid()}"
DATABASES["default"]["TEST"] = {"NAME": name if POSTGRESQL else str(DATA_DIR / f"{name}.sqlite3")}
