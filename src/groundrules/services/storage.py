"""Where the services keep bytes and send mail: the doors the settings name, opened when they are used."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from groundrules.gateways.mail import FileOutbox, NullOutbox, Outbox
from groundrules.store.raw import RawStore


class UnknownMailSetting(ValueError):
    """GROUNDRULES_MAIL names no outbox Groundrules has."""


def raw_store() -> RawStore:
    """This function will return the store of raw evidence in the data folder."""
    return RawStore(Path(settings.GROUNDRULES_DATA) / "evidence")


def outbox() -> Outbox:
    """This function will return the outbox the settings name; raises UnknownMailSetting."""
    if settings.GROUNDRULES_MAIL == "outbox":
        return FileOutbox(Path(settings.GROUNDRULES_DATA) / "outbox")
    if settings.GROUNDRULES_MAIL == "null":
        return NullOutbox()
    message = f"GROUNDRULES_MAIL is {settings.GROUNDRULES_MAIL!r}; write outbox or null"
    raise UnknownMailSetting(message)
