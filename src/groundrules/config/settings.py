"""Django's settings, made from what the installation set (docs/reference/settings.md) and strict by default."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from groundrules.config.environment import (
    networks,
    read_with_origin,
    settings_file,
    whole_number,
)
from groundrules.config.logs import logging_of
from groundrules.config.secret_key import load_secret_key
from groundrules.services.database_urls import database_of
from groundrules.services.zones import pin_zones

# Business hours are part of the contract: zones come from the pinned tzdata wheel, never from the host's files.
pin_zones()

# What was set, to what and where: (value, origin) by name. Pages and commands tell it without the secrets.
GROUNDRULES_GIVEN = read_with_origin(os.environ)
GROUNDRULES_SETTINGS_FILE = (
    str(settings_file(os.environ)) if settings_file(os.environ).is_file() else ""
)
_given = {name: value for name, (value, _) in GROUNDRULES_GIVEN.items()}
_public = urlsplit(_given["GROUNDRULES_PUBLIC_URL"])
_https = _public.scheme == "https"

GROUNDRULES_DATA = Path(_given["GROUNDRULES_DATA"]).resolve()
GROUNDRULES_PUBLIC_URL = _given["GROUNDRULES_PUBLIC_URL"].rstrip("/")
GROUNDRULES_TRUSTED_PROXIES = networks(_given, "GROUNDRULES_TRUSTED_PROXIES")
GROUNDRULES_API_TOKEN_RATE = whole_number(_given, "GROUNDRULES_API_TOKEN_RATE")
GROUNDRULES_API_ADDRESS_RATE = whole_number(_given, "GROUNDRULES_API_ADDRESS_RATE")
GROUNDRULES_MAIL = _given["GROUNDRULES_MAIL"]
GROUNDRULES_MAIL_PASSWORD = _given["GROUNDRULES_MAIL_PASSWORD"]
GROUNDRULES_IMAP_URL = _given["GROUNDRULES_IMAP_URL"]
GROUNDRULES_IMAP_PASSWORD = _given["GROUNDRULES_IMAP_PASSWORD"]
GROUNDRULES_IMAP_EVERY = whole_number(_given, "GROUNDRULES_IMAP_EVERY")
GROUNDRULES_MAIL_CHECKED_BY = _given["GROUNDRULES_MAIL_CHECKED_BY"]
GROUNDRULES_DRILLS = _given["GROUNDRULES_DRILLS"]
GROUNDRULES_SEND_HOLD = whole_number(_given, "GROUNDRULES_SEND_HOLD")
GROUNDRULES_ONCALL = _given["GROUNDRULES_ONCALL"]
GROUNDRULES_DECIDE_WITHIN = whole_number(_given, "GROUNDRULES_DECIDE_WITHIN")
GROUNDRULES_ACTOR = _given["GROUNDRULES_ACTOR"]
GROUNDRULES_ACCOUNTS = _given["GROUNDRULES_ACCOUNTS"]
GROUNDRULES_ACCOUNTING = _given["GROUNDRULES_ACCOUNTING"]
GROUNDRULES_ACCOUNTING_FOLDER = _given["GROUNDRULES_ACCOUNTING_FOLDER"]
GROUNDRULES_RECEIVE_LIMIT = whole_number(_given, "GROUNDRULES_RECEIVE_LIMIT")
GROUNDRULES_RECEIVE_BACKLOG = whole_number(_given, "GROUNDRULES_RECEIVE_BACKLOG")
GROUNDRULES_QUARANTINE_LIMIT = whole_number(_given, "GROUNDRULES_QUARANTINE_LIMIT")
GROUNDRULES_QUARANTINE_BYTES = whole_number(_given, "GROUNDRULES_QUARANTINE_BYTES")
GROUNDRULES_SILENT_AFTER = whole_number(_given, "GROUNDRULES_SILENT_AFTER")
GROUNDRULES_KEYS_PASSWORD_FILE = _given["GROUNDRULES_KEYS_PASSWORD_FILE"]
GROUNDRULES_LETTER_CERTIFICATE = _given["GROUNDRULES_LETTER_CERTIFICATE"]
GROUNDRULES_LETTER_CERTIFICATE_PASSWORD = _given["GROUNDRULES_LETTER_CERTIFICATE_PASSWORD"]
GROUNDRULES_LETTER_CERTIFICATE_PASSWORD_FILE = _given[
    "GROUNDRULES_LETTER_CERTIFICATE_PASSWORD_FILE"
]
GROUNDRULES_OIDC_ISSUER = _given["GROUNDRULES_OIDC_ISSUER"]
GROUNDRULES_OIDC_CLIENT_ID = _given["GROUNDRULES_OIDC_CLIENT_ID"]
GROUNDRULES_OIDC_CLIENT_SECRET = _given["GROUNDRULES_OIDC_CLIENT_SECRET"]
GROUNDRULES_TSA_URL = _given["GROUNDRULES_TSA_URL"]
GROUNDRULES_TSA_ROOTS = _given["GROUNDRULES_TSA_ROOTS"]
GROUNDRULES_WINRM_ACCOUNTS = _given["GROUNDRULES_WINRM_ACCOUNTS"]
GROUNDRULES_EVIDENCE_URL = _given["GROUNDRULES_EVIDENCE_URL"]
GROUNDRULES_WEBHOOKS_INSIDE = _given["GROUNDRULES_WEBHOOKS_INSIDE"]
GROUNDRULES_SEGMENTS_URL = _given["GROUNDRULES_SEGMENTS_URL"]
GROUNDRULES_HOT_DAYS = whole_number(_given, "GROUNDRULES_HOT_DAYS")
GROUNDRULES_METRICS_TOKEN = _given["GROUNDRULES_METRICS_TOKEN"]
GROUNDRULES_METRICS_BIND = _given["GROUNDRULES_METRICS_BIND"]

SECRET_KEY = _given["GROUNDRULES_SECRET_KEY"] or load_secret_key(GROUNDRULES_DATA)
DEBUG = False
ALLOWED_HOSTS = [
    name
    for name in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        _public.hostname,
        *_given["GROUNDRULES_ALLOWED_HOSTS"].split(","),
    ]
    if name
]

DATABASES = {"default": database_of(_given["GROUNDRULES_DATABASE_URL"], GROUNDRULES_DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks_db",
    "groundrules.records",
    "groundrules.web",
    "groundrules.portal",
]
# Long runs wait in the books' own database, enqueued in the transaction of whoever asks (docs/decisions/0025).
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["long"]}}
ROOT_URLCONF = "groundrules.config.urls"
LOGIN_URL = "web:sign-in"
MIDDLEWARE = [
    "groundrules.web.proxies.forwarded",
    "groundrules.web.requests.tracked",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "groundrules.web.security.content_security",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "groundrules.web.context.frame",
            ]
        },
    }
]
STATIC_URL = "/static/"
# Static files are served from where they lie in the package: nothing to collect, nothing to forget.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

AUTH_USER_MODEL = "records.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
# Without a proxy that is believed nobody can say who came by TLS, and everybody would be sent round for ever.
SECURE_SSL_REDIRECT = _https and bool(GROUNDRULES_TRUSTED_PROXIES)
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if _https else 0
CSRF_TRUSTED_ORIGINS = [GROUNDRULES_PUBLIC_URL] if _https else []
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# Probes come by address and without TLS, from beside the proxy.
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$"]
LOGGING = logging_of(_given["GROUNDRULES_LOG"], _given["GROUNDRULES_LOG_LEVEL"])
