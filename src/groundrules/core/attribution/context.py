"""Everything attribution may look at, and how near in time something must be to be listed one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from groundrules.core.evidence import Gap, Session
from groundrules.core.parties import Account, Party, PartyKind, Vendor
from groundrules.core.vendors import AccessWindow, Grants, LetterOfAgency, RulesAcceptance
from groundrules.core.work import OwnRun


@dataclass(frozen=True, slots=True)
class AttributionContext:
    """The facts of one client. Order within a tuple carries no meaning.

    `provider` is whose runs `own_runs` are; `zone` the site's. Of the sessions that were not open then, the
    `most_listed` nearest within `horizon` are listed and the rest counted, and so are the last to begin of those that
    were open on other servers, and of our runs there. `slack` is how far an exact log time and a
    login's edge may differ (reference: causation 3.1).
    """

    zone: str
    provider: Party
    sessions: tuple[Session, ...] = ()
    accounts: tuple[Account, ...] = ()
    vendors: tuple[Vendor, ...] = ()
    windows: tuple[AccessWindow, ...] = ()
    own_runs: tuple[OwnRun, ...] = ()
    gaps: tuple[Gap, ...] = ()
    letters: tuple[LetterOfAgency, ...] = ()
    acceptances: tuple[RulesAcceptance, ...] = ()
    standing: frozenset[PartyKind] = field(
        default=frozenset({PartyKind.PROVIDER, PartyKind.CLIENT})
    )
    horizon: timedelta = timedelta(days=7)
    slack: timedelta = timedelta(seconds=2)
    most_listed: int = 20

    @property
    def grants(self) -> Grants:
        """What was permitted; asked only after it is settled who acted."""
        return Grants(self.zone, self.windows, self.letters, self.acceptances, self.standing)

    @property
    def parties(self) -> tuple[Party, ...]:
        """Every party that may have acted, each once: the provider, the vendors, and whoever holds an account."""
        vendors = (Party(PartyKind.VENDOR, v.id, v.name) for v in self.vendors)
        found = {(p.kind, p.id): p for p in (a.party for a in self.accounts)}
        found |= {(p.kind, p.id): p for p in (*vendors, self.provider)}
        named = [p for p in found.values() if p.kind is not PartyKind.SYSTEM]
        return tuple(sorted(named, key=lambda p: (p.kind.value, p.name, p.id)))


def said(party: Party) -> str:
    """This function will name a party for a sentence."""
    return party.name or party.id
