"""Settings for tests: a data folder beside every installation, SQLite in memory or the PostgreSQL that is given."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from groundrules.services.database_urls import database_of, sqlite_at

# Before the real settings read the environment: tests never touch an installation, and never make its key.
_scratch = Path(tempfile.gettempdir()) / f"groundrules-tests-{os.getuid()}"
_given = {name: value for name, value in os.environ.items() if name.startswith("GROUNDRULES_TEST_")}
os.environ["GROUNDRULES_DATA"] = str(_scratch)
os.environ["GROUNDRULES_SECRET_KEY"] = "only-for-tests-and-known-to-everyone-who-reads-this"
os.environ.pop("GROUNDRULES_DATABASE_URL", None)
os.environ.pop("GROUNDRULES_CONFIG", None)

from groundrules.config.settings import *  # noqa: E402, F403 - the one place where settings are taken over whole

_url = _given.get("GROUNDRULES_TEST_DATABASE_URL", "")
DATABASES = {"default": database_of(_url, _scratch) if _url else sqlite_at(":memory:")}
# Signing in hundreds of times is not what tests are about; Argon2 itself has its own test.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
GROUNDRULES_MAIL = "null"
# Thousands of requests in a minute, all from one address; the limits have tests of their own.
GROUNDRULES_API_TOKEN_RATE = GROUNDRULES_API_ADDRESS_RATE = 10_000_000
