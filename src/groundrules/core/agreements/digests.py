"""What an agreement version says in one digest: the same whatever the order its clauses are listed in."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from groundrules.core.agreements.sentences import sentences_of
from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.periods import utc


def terms_digest(version: AgreementVersion) -> str:
    """This function will return the digest of a version apart from when it was signed: what a signer is shown."""
    return digest(replace(version, signed_at=version.in_force.start))


def digest(version: AgreementVersion) -> str:
    """This function will return the SHA-256 (hex) of everything a version says, in whatever order it is listed.

    The canonical text is its number, dates, servers and sentences, one to a line, in UTF-8.
    """
    end = version.in_force.end
    heading = (
        f"Version {version.version} in force from {version.in_force.start.isoformat()} to "
        f"{end.isoformat() if end else 'further notice'}, "
        f"signed {utc(version.signed_at).isoformat()}."
    )
    assets = f"Servers: {', '.join(sorted(version.assets))}."
    tie_break = f"Tie break: {version.tie_break}."
    lines = (heading, assets, tie_break, *sentences_of(version))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
