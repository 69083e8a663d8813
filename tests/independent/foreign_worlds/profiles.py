"""How well a world is recorded and what breaks in it. Every number is a judgement of this generator's author."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

# How often each thing breaks an application. Names ending in a party are recorded changes.
MIXED = {
    "vendor": 0.34,
    "patch": 0.12,
    "technician": 0.09,
    "client": 0.07,
    "recovery": 0.04,
    "pair": 0.04,
    "unrecorded": 0.08,
    "certificate": 0.05,
    "disk": 0.06,
    "outage": 0.06,
    "unknown": 0.05,
}
NOBODYS = {"unrecorded": 0.25, "certificate": 0.2, "disk": 0.2, "outage": 0.15, "unknown": 0.2}


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of world. Shares lie between 0 and 1; the ways to record a change sum to 1."""

    name: str
    systems: tuple[str, ...] = ("windows", "windows", "windows", "linux")
    causes: dict[str, float] = field(default_factory=lambda: dict(MIXED))
    keyed: float = 0.72
    identified: float = 0.12
    timed: float = 0.05
    as_system: float = 0.05
    seen_by_snapshot: float = 0.06
    snapshot_hours: tuple[int, ...] = (1, 4)
    logins_kept: float = 0.97
    shared: float = 0.05
    map_kept: float = 0.9
    map_observed: float = 0.6
    map_false: float = 0.15
    polls: tuple[int, ...] = (5, 5, 10, 15)
    monitored: float = 0.95
    names_part: float = 0.55
    names_application: float = 0.15
    innocent_before: float = 0.3
    vendor_after: float = 0.25
    odd: float = 0.0
    late: float = 0.05
    replayed: float = 0.0
    plots: int = 5


_GOOD = Profile("good")
_POOR = Profile(
    "poor",
    keyed=0.15,
    identified=0.1,
    timed=0.15,
    as_system=0.15,
    seen_by_snapshot=0.45,
    snapshot_hours=(12, 24),
    logins_kept=0.55,
    shared=0.25,
    map_kept=0.5,
    map_observed=0.15,
    map_false=0.25,
    polls=(30, 60, 240),
    monitored=0.6,
    names_part=0.25,
    names_application=0.25,
    late=0.2,
)
PROFILES = {
    profile.name: profile
    for profile in (
        _GOOD,
        replace(_GOOD, name="linux", systems=("linux",)),
        replace(_GOOD, name="replayed", replayed=0.8),
        _POOR,
        replace(
            _GOOD, name="null", causes=dict(NOBODYS), innocent_before=0.95, odd=0.3, replayed=0.2
        ),
        replace(_GOOD, name="shared", shared=0.9),
        replace(
            _GOOD,
            name="after",
            causes={**NOBODYS, "patch": 0.25, "technician": 0.15},
            vendor_after=0.95,
            odd=0.3,
        ),
        replace(
            _POOR,
            name="chaos",
            keyed=0.35,
            identified=0.15,
            seen_by_snapshot=0.2,
            snapshot_hours=(1, 6, 24),
            logins_kept=0.8,
            shared=0.3,
            polls=(5, 15, 60),
            monitored=0.8,
            names_part=0.4,
            innocent_before=0.5,
            vendor_after=0.5,
            odd=0.6,
            late=0.3,
            replayed=0.2,
        ),
    )
}
