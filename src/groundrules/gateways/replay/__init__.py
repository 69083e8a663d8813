"""Where replays run: an isolated copy on Linux, a person with snapshots (Windows), or nothing at all in tests."""

from groundrules.gateways.replay.linux import LinuxReplay, NotAReplica
from groundrules.gateways.replay.manual import instructions
from groundrules.gateways.replay.site import (
    Action,
    ActionKind,
    BadSite,
    NullReplay,
    ReplayBackend,
    ReplaySite,
    Seen,
    read_site,
    site_digest,
)

__all__ = [
    "Action",
    "ActionKind",
    "BadSite",
    "LinuxReplay",
    "NotAReplica",
    "NullReplay",
    "ReplayBackend",
    "ReplaySite",
    "Seen",
    "instructions",
    "read_site",
    "site_digest",
]
