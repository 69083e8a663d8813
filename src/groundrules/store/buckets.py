"""Buckets of S3-compatible storage as settings name them: `s3://bucket/prefix?endpoint=host:port&scheme=http&region=name`.

Credentials never stand in the URL: they come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or the
machine's own role. Arrow, which speaks to them, takes 28 MiB of memory: it is loaded when a place is opened with it.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from pyarrow import fs

_KNOWN_OPTIONS = {"endpoint": "endpoint_override", "scheme": "scheme", "region": "region"}


class UnknownBucket(ValueError):
    """A setting names a place bytes cannot rest in."""


def open_bucket(url: str, setting: str) -> tuple[fs.FileSystem, str]:
    """This function will open the bucket a setting's URL names, and return it with bucket and prefix as one path.

    Raises UnknownBucket; the message never repeats the URL, which may hold a password by mistake.
    """
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.hostname or parts.username or parts.password:
        message = (
            f"{setting} begins with {parts.scheme!r}; write file:///path or s3://bucket/prefix, with "
            "the credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, not in the URL"
        )
        raise UnknownBucket(message)
    given = parse_qs(parts.query, keep_blank_values=True)
    unknown = sorted(set(given) - set(_KNOWN_OPTIONS))
    if unknown:
        message = f"{setting} says {', '.join(unknown)}; it may say {', '.join(_KNOWN_OPTIONS)}"
        raise UnknownBucket(message)
    named = {_KNOWN_OPTIONS[name]: values[-1] for name, values in given.items()}
    return file_systems().S3FileSystem(**named), f"{parts.netloc}{unquote(parts.path)}".rstrip("/")


def file_systems() -> ModuleType:
    """This function will return Arrow's file systems, loaded by the first who needs them."""
    return import_module("pyarrow.fs")
