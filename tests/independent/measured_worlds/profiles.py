"""What differs between the profiles: every free parameter of the maker stands here, with what it was set by.

Shares are between 0 and 1, `soon` and `later` stretch the delays of the table of deeds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Profile:
    """The mix of a world: who comes how often, what is seen of it, what breaks, and how it is noticed."""

    name: str
    days: int = 60
    calm_days: int = 24
    # Who comes how often: days between two visits.
    vendor_every: float = 13.5
    technician_every: float = 7.0
    patch_every: float = 24.0
    spread: float = 0.45
    recovery: float = 0.35
    own_parts: float = 0.45
    # What breaks.
    harm: float = 0.062
    quiet_failures: float = 1.5
    soon: float = 1.0
    later: float = 1.0
    latent: float = 0.6
    # What is seen of changes and of who made them.
    unseen: float = 0.15
    exact: float = 0.65
    keyed: float = 0.25
    named: float = 0.4
    sessions: float = 0.75
    shared: float = 0.25
    scans_a_day: tuple[int, ...] = (1, 2, 2, 4, 4)
    gaps: float = 0.25
    # What is known of what needs what.
    edge_known: float = 0.95
    edge_false: float = 0.12
    observed: float = 0.4
    # What a failure says, and how it is noticed.
    specific: float = 0.55
    generic: float = 0.25
    other: float = 0.08
    polled: float = 0.65
    poll_minutes: tuple[int, ...] = (5, 15, 15, 60)
    reported_after: float = 90.0
    evidence: float = 0.55
    # What was allowed.
    approved: float = 0.5
    recorded_late: float = 0.08
    # Traps.
    trap: bool = False
    everyone_shares: bool = False
    replayed: float = 0.7


_HOME = Profile("home")
_GOOD = replace(_HOME, name="good", exact=0.92, keyed=0.75, sessions=0.9, shared=0.05)
_MAPPED = replace(
    _GOOD,
    name="mapped",
    edge_known=0.97,
    edge_false=0.08,
    observed=1.0,
    specific=0.9,
    generic=0.05,
    other=0.04,
)
_SHIFTED = replace(
    _HOME,
    name="shifted",
    vendor_every=11.0,
    technician_every=4.5,
    patch_every=18.0,
    own_parts=0.4,
    quiet_failures=1.6,
    harm=0.047,
    soon=1.6,
    later=1.4,
    latent=0.9,
    unseen=0.2,
    exact=0.48,
    keyed=0.12,
    named=0.25,
    sessions=0.55,
    shared=0.4,
    scans_a_day=(1, 1, 2, 2),
    gaps=0.4,
    edge_known=0.87,
    edge_false=0.25,
    observed=0.2,
    specific=0.4,
    generic=0.3,
    other=0.12,
    polled=0.45,
    poll_minutes=(15, 30, 60),
    reported_after=120.0,
    replayed=0.5,
)
_NULL = replace(_GOOD, name="null", harm=0.0, quiet_failures=5.0, trap=True)
_SHARED = replace(_GOOD, name="shared", everyone_shares=True)
_AFTER = replace(
    _GOOD, name="after", approved=0.85, recorded_late=0.8, quiet_failures=2.5, trap=True
)

PROFILES = {one.name: one for one in (_HOME, _GOOD, _MAPPED, _SHIFTED, _NULL, _SHARED, _AFTER)}
