"""Zones are an input of the contract: they come from the pinned tzdata wheel, and its version enters decisions.

An 8-to-5 client's after-hours bill moved by an hour a day between two versions (reference: billing section 6.1).
"""

from __future__ import annotations

import zoneinfo

import tzdata


def pin_zones() -> None:
    """This function will make `zoneinfo` read the tzdata wheel only, never the host's files, for the whole process."""
    zoneinfo.reset_tzpath(())
    zoneinfo.ZoneInfo.clear_cache()


def zones_version() -> str:
    """This function will return the IANA version of the zones in use (`2026f`)."""
    return str(tzdata.IANA_VERSION)
