"""Which version of an agreement binds an instant: the newest one that was both signed and in force.

A version never reaches back behind its own signature, whatever its dates say.
"""

from __future__ import annotations

from datetime import datetime

from groundrules.core.agreements.terms import Agreement, AgreementVersion
from groundrules.core.agreements.uplift import priced_at, rises_within
from groundrules.core.periods import Period, utc


class UnknownVersion(LookupError):
    """No version of the agreement was in force at the instant asked about."""


def binds_from(version: AgreementVersion) -> datetime:
    """This function will return the first instant a version can bind: in force and signed (UTC)."""
    return max(version.in_force.start, utc(version.signed_at))


def binds_at(version: AgreementVersion, instant: datetime) -> bool:
    """This function will say whether a version was signed and in force at an instant."""
    return version.in_force.contains(instant) and binds_from(version) <= instant


def version_at(agreement: Agreement, instant: datetime) -> AgreementVersion:
    """This function will return the version in force at an instant, with the hourly price it has then.

    A newer one supersedes an older one. Raises UnknownVersion when none was.
    """
    moment = utc(instant)
    binding = [version for version in agreement.versions if binds_at(version, moment)]
    if not binding:
        message = (
            f"no version of {agreement.title} was in force at {moment.isoformat()}; "
            "sign a version that covers this instant, or check the date of the work"
        )
        raise UnknownVersion(message)
    newest = max(binding, key=lambda version: (binds_from(version), version.version))
    return priced_at(newest, moment)


def version_edges(agreement: Agreement, period: Period) -> tuple[datetime, ...]:
    """This function will return the instants inside a period at which another version or price may begin."""
    edges = [binds_from(version) for version in agreement.versions]
    edges += [v.in_force.end for v in agreement.versions if v.in_force.end is not None]
    last = period.end or period.start
    edges += [rise for version in agreement.versions for rise in rises_within(version, last)]
    return tuple(sorted({edge for edge in edges if period.contains(edge)}))
