"""The findings behind the letters of the story: Rogue's removal of .NET 2.0 and what is known about SharePoint."""

from __future__ import annotations

from dataclasses import replace

from groundrules.core.agreements.further_terms import ManagedService, RecoveryTerms
from groundrules.core.attribution.answers import Attribution, Level, Strength
from groundrules.core.causation.answers import CauseAnswer, CauseVerdict, Incident
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, ItemKind
from groundrules.core.ids import ChangeId, ClauseNumber, IncidentId, NoticeId, ProviderId
from groundrules.core.letters.draft_notice import SuspensionCase
from groundrules.core.letters.facts import Correspondence, Finding, Trouble
from groundrules.core.lifecycle.answers import Notice
from groundrules.core.lifecycle.notice import notice_arithmetic
from groundrules.core.lifecycle.suspension import effects, may_suspend
from groundrules.core.parties import Party, PartyKind, Provider, Vendor
from groundrules.core.periods import Interval
from groundrules.core.vendors import Permission, PermissionAnswer
from groundrules.core.work import Channel
from tests.core.harbor import SITE_ZONE, SRV1, V1, harbor_client
from tests.core.harbor_work import VERSION_1, site

ADDRESS = "notices@harbor.example"
ROGUE = Vendor(V1, "Rogue", email="support@rogue.example")
ROGUE_PARTY = Party(PartyKind.VENDOR, V1, "Rogue")
PROVIDER = Provider(
    ProviderId("P"), "Small Biz IT", SITE_ZONE, "help@smallbiz.example", "1 Main St"
)
LETTER = Correspondence(
    PROVIDER,
    harbor_client(),
    SITE_ZONE,
    "Pat Owner",
    "Dana Lee",
    names={"SRV1": "SRV1 (main server)", "SRV2": "SRV2 (mail)"},
)


def finding(
    number: str = "CHG-1",
    at: str = "2007-02-21 19:58",
    summary: str = ".NET Framework 2.0 was removed",
    strength: Strength = Strength.RECORDED,
    party: Party | None = ROGUE_PARTY,
) -> Finding:
    """This function will build a change on SRV1 and its attribution."""
    change = Change(
        ChangeId(number),
        SRV1,
        ItemKind.PACKAGE,
        ".NET Framework 2.0",
        Action.REMOVED,
        Interval.exactly(site(at)),
        summary=summary,
    )
    permission = PermissionAnswer(Permission.OUTSIDE)
    attribution = Attribution(
        change.id, strength, Level.L1, party, "rogue_kim", None, (), permission, ()
    )
    return Finding(change, attribution)


REMOVAL = finding()
INSTALL = finding("CHG-2", "2007-02-21 20:06", ".NET Framework 1.0 was installed")
OURS = finding("CHG-3", party=Party(PartyKind.PROVIDER, "P", "Small Biz IT"))
GUESS = finding("CHG-4", strength=Strength.INFERRED, party=None)


def sharepoint(verdict: CauseVerdict, onset: str = "2007-02-21 20:01") -> Trouble:
    """This function will build the SharePoint incident with what is known of its cause."""
    incident = Incident(IncidentId("INC-1"), "SharePoint stopped", SRV1, site(onset))
    answer = CauseAnswer(
        incident.id, Interval.exactly(site(onset)), verdict, (REMOVAL.change.id,), (), ()
    )
    return Trouble(incident, answer)


NOTICE = Notice(
    NoticeId("NOT-1"),
    SRV1,
    site("2007-03-01 17:20"),
    Channel.EMAIL,
    ADDRESS,
    ClauseNumber("6.1"),
    receipt_at=site("2007-03-01 17:20"),
)
assert VERSION_1.notice is not None
assert VERSION_1.suspension is not None
ARITHMETIC = notice_arithmetic(
    NOTICE, VERSION_1.notice, VERSION_1.suspension, VERSION_1.calendar, ADDRESS
)
CASE = SuspensionCase(
    VERSION_1,
    may_suspend(SRV1, (REMOVAL.attribution, INSTALL.attribution), VERSION_1),
    effects(SRV1, VERSION_1, site("2007-03-12 08:00")),
    (REMOVAL, INSTALL),
    (sharepoint(CauseVerdict.LIKELY_CHANGE),),
)
_WITHOUT_BACKUPS = replace(
    VERSION_1,
    suspension=replace(VERSION_1.suspension, stops=frozenset({ManagedService.BACKUPS})),
    recovery=(RecoveryTerms(60, 240, 30, clause=ClauseNumber("3.12")),),
)
RESTING = replace(
    CASE,
    version=_WITHOUT_BACKUPS,
    effects=effects(SRV1, _WITHOUT_BACKUPS, site("2007-03-12 08:00")),
)
