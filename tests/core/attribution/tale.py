"""The night of the tale, as values: SRV1, three vendors, our own runs, and short ways to say what was seen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from groundrules.core.attribution.context import AttributionContext
from groundrules.core.causation.answers import Incident
from groundrules.core.causation.context import CausationContext
from groundrules.core.changes import Change
from groundrules.core.evidence import (
    Action,
    Actor,
    Citation,
    Gap,
    GapKind,
    HealthCheck,
    ItemKind,
    Session,
    SessionKind,
)
from groundrules.core.ids import (
    ApplicationId,
    AssetId,
    ChangeId,
    ComponentId,
    EvidenceId,
    GapId,
    HealthCheckId,
    IncidentId,
    SessionId,
    VendorId,
)
from groundrules.core.parties import (
    Account,
    Application,
    Dependency,
    Party,
    PartyKind,
    Vendor,
)
from groundrules.core.periods import Interval, Period
from groundrules.core.work import OwnRun

ZONE = "America/Los_Angeles"
SRV1, SRV2 = AssetId("SRV1"), AssetId("SRV2")
ROGUE = Party(PartyKind.VENDOR, "V1", "Rogue Vendor")
LEDGER = Party(PartyKind.VENDOR, "V2", "Ledger Soft")
XRAY = Party(PartyKind.VENDOR, "V3", "Xray Works")
MSP = Party(PartyKind.PROVIDER, "MSP", "Groundwork IT")
VENDORS = (
    Vendor(VendorId("V1"), ROGUE.name, networks=("203.0.113.0/24",)),
    Vendor(VendorId("V2"), LEDGER.name),
    Vendor(VendorId("V3"), XRAY.name),
)
ACCOUNTS = (
    Account("v1-rogue", ROGUE, host=SRV1, identifier="S-1-5-21-7-1101"),
    Account("v2-ledger", LEDGER, host=SRV1),
    Account("rmm-agent", MSP),
    Account("anna", MSP),
    Account("admin", LEDGER, host=SRV1, shared=True),
)
SHAREPOINT = Application(ApplicationId("SharePoint"), "SharePoint", SRV1)
DOTNET = ".NET Framework 2.0"
SOURCE = Citation(EvidenceId("e" * 64), "4711", "evtx/1")


def at(moment: str) -> datetime:
    """`2007-02-21 19:58` at the site, as UTC."""
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def span(start: str, end: str) -> Period:
    """A closed period of site time."""
    return Period(at(start), at(end))


def change(ref: str, moment: str, component: str = DOTNET, **more: Any) -> Change:  # noqa: ANN401 - fields of Change
    """A change at an exact instant, a removed package on SRV1 unless said otherwise."""
    facts: dict[str, Any] = {
        "asset": SRV1,
        "kind": ItemKind.PACKAGE,
        "action": Action.REMOVED,
        "interval": Interval.exactly(at(moment)),
        "citations": (SOURCE,),
    }
    return Change(id=ChangeId(ref), component=component, **(facts | more))


def session(
    ref: str,
    account: str,
    start: str,
    end: str | None,
    **more: Any,  # noqa: ANN401 - fields of Session
) -> Session:
    """A remote session on SRV1 unless said otherwise; its key is its reference."""
    facts: dict[str, Any] = {"asset": SRV1, "kind": SessionKind.REMOTE, "key": f"srv1|boot|{ref}"}
    return Session(
        id=SessionId(ref),
        account=account,
        started=at(start),
        ended=None if end is None else at(end),
        **(facts | more),
    )


def gap(kind: GapKind, start: str, end: str, **more: Any) -> Gap:  # noqa: ANN401 - fields of Gap
    """A gap on SRV1 without a citation unless said otherwise."""
    facts: dict[str, Any] = {"asset": SRV1, "source": "Security", "says": "missing"}
    return Gap(
        id=GapId("GAP-1"), kind=kind, interval=Interval(at(start), at(end)), **(facts | more)
    )


def check(ref: str, moment: str, *, healthy: bool, of: str = "SharePoint") -> HealthCheck:
    """One health check of an application."""
    return HealthCheck(HealthCheckId(ref), ApplicationId(of), at(moment), healthy)


def needs(dependent: str, component: str) -> Dependency:
    """A declared dependency."""
    return Dependency(dependent, ComponentId(component))


VISIT = session(
    "SES-V1", "v1-rogue", "2007-02-21 19:42", "2007-02-21 20:20", source_address="203.0.113.7"
)
NAMED = Actor(account="v1-rogue", session_key=VISIT.key)
REMOVAL = change("CHG-REMOVAL", "2007-02-21 19:58", actor=NAMED)
INSTALL = change(
    "CHG-INSTALL", "2007-02-21 20:06", ".NET Framework 1.0", actor=NAMED, action=Action.ADDED
)
RECOVERY = OwnRun("RUN-RECOVERY", SRV1, span("2007-02-20 13:10", "2007-02-20 23:35"), "recovery")
PATCHES = OwnRun(
    "RUN-PATCHES",
    SRV1,
    span("2007-02-21 02:00", "2007-02-21 02:40"),
    "patch run",
    accounts=frozenset({"rmm-agent"}),
    components=frozenset({"KB931836"}),
)
CONTEXT = AttributionContext(
    zone=ZONE,
    provider=MSP,
    sessions=(VISIT,),
    accounts=ACCOUNTS,
    vendors=VENDORS,
    own_runs=(RECOVERY, PATCHES),
)
INCIDENT = Incident(
    IncidentId("INC-2"),
    "SharePoint is down",
    SRV1,
    at("2007-02-22 08:00"),
    ApplicationId("SharePoint"),
    signature="could not load .NET Framework 2.0",
)
CAUSES = CausationContext(
    zone=ZONE,
    applications=(SHAREPOINT,),
    dependencies=(needs("SharePoint", DOTNET),),
    health_checks=(
        check("HC-1", "2007-02-21 00:00", healthy=True),
        check("HC-2", "2007-02-21 19:55", healthy=True),
        check("HC-3", "2007-02-21 20:01", healthy=False),
    ),
    own_runs=(RECOVERY, PATCHES),
)
