"""The studio's settings as the tests use them: a data folder of their own, quick passwords, no file manifest."""

import os
import tempfile

os.environ["STUDIO_DATA"] = os.environ.get("STUDIO_TEST_DATA") or tempfile.mkdtemp(prefix="studio-test-")

from studio.settings import *  # noqa: F403
from studio.settings import DATABASES, STORAGES

STYLE_PAGE = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
if name := os.environ.get("STUDIO_TEST_DB"):
    DATABASES["default"]["TEST"] = {"NAME": f"test_{name}"}
