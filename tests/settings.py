"""Settings for tests: the product's own, with a data directory that is thrown away."""

import os
import tempfile
from pathlib import Path

_data = Path(tempfile.mkdtemp(prefix="kepu-test-"))
(_data / "static").mkdir()
(_data / "files" / "arriving").mkdir(parents=True)
os.environ.setdefault("KEPU_DATA", str(_data))
os.environ.setdefault("KEPU_SECRET_KEY", "only for tests, never in an installation, long enough")
os.environ.setdefault("KEPU_AUDIT_KEY", "only for tests, audit")
# Tests of other rooms sign in with a password alone; those of the second factor turn it on.
os.environ.setdefault("KEPU_SECOND_FACTOR", "off")

from kepu.project.settings import *  # noqa: E402, F403 - the environment above must be set before
from kepu.project.settings import DATABASES  # noqa: E402

# A file, not memory: tests of concurrency open several connections.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(_data / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
