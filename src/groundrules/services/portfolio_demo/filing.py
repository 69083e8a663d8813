"""Files the made provider: cards and agreements, facts month by month as they became known, decisions and charges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from django.db import transaction

from groundrules.core.ids import (
    AgreementId,
    ApplicationId,
    AssetId,
    ClientId,
    ComponentId,
    ContactId,
    TechnicianId,
    VendorId,
)
from groundrules.core.money import Money
from groundrules.core.parties import (
    Account,
    Application,
    Asset,
    Authority,
    Client,
    Contact,
    CostRate,
    Dependency,
    DependencyGrade,
    Party,
    PartyKind,
    Technician,
    Vendor,
)
from groundrules.core.periods import Period, start_of_local_day
from groundrules.core.profitability.assumptions import Assumption, AssumptionKind
from groundrules.core.world import World
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import profit
from groundrules.services.actor import Actor
from groundrules.services.case_import import answer_into_books, keep_cards
from groundrules.services.cases import check_case
from groundrules.services.filing import Filing, file_facts
from groundrules.services.month_end import Order, state_order
from groundrules.services.portfolio_demo.making import (
    APPLICATION,
    COMPONENT,
    HOUR_COST,
    OWN_ACCOUNT,
    TOOLS_A_SERVER,
    VENDOR_ACCOUNT,
    Month,
    facts_of,
    known_at,
    spare_server,
)
from groundrules.services.portfolio_demo.plans import Plan, Size, Story, luck_of, plans
from groundrules.services.profit.portfolio import next_month
from groundrules.services.tale import FOLDER, people

OWNER = Actor("kim@greenway.example", Role.OWNER)
ZONE = "America/Los_Angeles"
VENDOR = VendorId("QUICKCHART")
_BASE = FOLDER / "harbor.yaml"
_PEOPLE = (
    ("A", "Alex", "senior technician"),
    ("BO", "Bo", "technician"),
    ("CY", "Cy", "technician"),
)


def fill(size: Size, tell: Callable[[Plan], None] = lambda _: None) -> int:
    """This function will make every client's books up to the end of the last month; returns how many clients."""
    base = check_case(_BASE.read_bytes(), _BASE).case.world
    began = next_month(size.end, -size.months - 1)
    found = plans(size)
    for plan in found:
        with transaction.atomic():
            _fill_client(plan, size, (base, began))
        tell(plan)
    with transaction.atomic():
        people(at=start_of_local_day(ZONE, began))
        _require_order(began)
        _state_costs(found, began)
    return len(found)


def _fill_client(plan: Plan, size: Size, started: tuple[World, date]) -> None:
    base, began = started
    client = keep_cards(_world(plan, base, began), actor=OWNER)
    luck = luck_of(size, f"{plan.code}|work")
    for month in _months(plan, size, began):
        made = replace(month, luck=luck)
        file_facts(facts_of(made), Filing(client, OWNER, known_at(made)))
    answer_into_books(client, actor=OWNER, at=start_of_local_day(ZONE, size.end))


def _months(plan: Plan, size: Size, began: date) -> Iterator[Month]:
    """The months of history, billed; and one more that is worked and not billed yet."""
    for number in range(size.months + 1):
        first = next_month(began, number)
        yield Month(plan, ZONE, first, luck_of(size, plan.code), billed=number < size.months)


def _world(plan: Plan, base: World, began: date) -> World:
    start = start_of_local_day(ZONE, began)
    servers = tuple(AssetId(f"{plan.code}-SRV{n + 1}") for n in range(plan.servers))
    first = base.agreement.versions[0]
    version = replace(
        first,
        in_force=Period(start),
        signed_at=start - timedelta(days=14),
        assets=frozenset(servers),
        fees=replace(first.fees, monthly=Money(plan.fee * 100, "USD")),
        reinstatement=None,
    )
    harmed = plan.story is Story.VENDOR
    return World(
        provider=base.provider,
        client=_client(plan, start),
        agreement=replace(
            base.agreement,
            id=AgreementId(f"MSA-{plan.code}"),
            client=ClientId(plan.code),
            title=f"Managed services for {plan.name}",
            versions=(version,),
        ),
        technicians=_technicians(start),
        vendors=(_VENDOR,) if harmed else (),
        assets=tuple(
            Asset(code, code, operating_system="Windows Server 2022")
            for code in (*servers, *_spare(plan))
        ),
        accounts=(_OWN, *(_accounts() if harmed else ())),
        applications=_applications(servers) if harmed else (),
        dependencies=(Dependency(APPLICATION, ComponentId(COMPONENT), DependencyGrade.DECLARED),)
        if harmed
        else (),
    )


_VENDOR = Vendor(
    VENDOR, "QuickChart Software", networks=("203.0.113.0/28",), email="support@quickchart.example"
)


def _spare(plan: Plan) -> tuple[AssetId, ...]:
    """One client has a server that nobody put on the agreement."""
    return (spare_server(plan),) if plan.code == "C002" else ()


_OWN = Account(OWN_ACCOUNT, Party(PartyKind.PROVIDER, "KP", "Greenway IT Services"), person="Bo")


def _client(plan: Plan, start: datetime) -> Client:
    office = Contact(
        ContactId("OFFICE"),
        "Office manager",
        "office manager",
        f"office@{plan.code.lower()}.example",
        frozenset({Authority.REQUEST_AFTER_HOURS, Authority.RATIFY, Authority.RECEIVE_NOTICE}),
        Period(start),
    )
    return Client(
        ClientId(plan.code),
        plan.name,
        ZONE,
        "USD",
        (office,),
        office.email,
        f"{plan.servers} Main Street, Seattle",
    )


def _technicians(start: datetime) -> tuple[Technician, ...]:
    """The owner's hour stands on a card; everyone else's is stated for the role; the temporary one's nowhere."""
    owner = Technician(
        TechnicianId("K"), "Kim Green", (CostRate(Money(9000, "USD"), Period(start)),), "owner"
    )
    staff = (Technician(TechnicianId(code), name, (), role) for code, name, role in _PEOPLE)
    return (owner, *staff, Technician(TechnicianId("TESS"), "Tess", (), "temporary"))


def _accounts() -> tuple[Account, ...]:
    party = Party(PartyKind.VENDOR, VENDOR, "QuickChart Software")
    return (Account(VENDOR_ACCOUNT, party, identifier="S-1-5-21-1-1-1-2101", person="Quinn"),)


def _applications(servers: tuple[AssetId, ...]) -> tuple[Application, ...]:
    return (
        Application(APPLICATION, "SharePoint", servers[0]),
        Application(ApplicationId("QUICKCHART"), "QuickChart", servers[0], VENDOR),
    )


def _require_order(began: date) -> None:
    """One client requires a purchase order, and has not sent it."""
    client = books.Client.objects.filter(code="C004").first()
    if client is not None:
        at = start_of_local_day(ZONE, began)
        state_order(client, Order("", began), actor=OWNER, at=at)


def _state_costs(found: tuple[Plan, ...], began: date) -> None:
    at = start_of_local_day(ZONE, began)
    for role in ("senior technician", "technician"):
        _state(AssumptionKind.HOUR_COST, began, f"role:{role}", at)
    _state(AssumptionKind.OVERHEAD, began, "", at)
    goal = Assumption(
        AssumptionKind.TARGET_MARGIN, began, "the owner's plan", number=Fraction("0.5")
    )
    profit.state(goal, actor=OWNER, at=at)
    for subject, hours in (("role:senior technician", 150), ("role:technician", 150)):
        free = Assumption(
            AssumptionKind.HOURS_AVAILABLE,
            began,
            "40 h a week less leave and training",
            subject,
            number=Fraction(hours),
        )
        profit.state(free, actor=OWNER, at=at)
    for plan in found:
        _state_tools(plan, began, at)


_AMOUNTS = {
    AssumptionKind.HOUR_COST: (HOUR_COST, "payroll, burden and leave, last year's books"),
    AssumptionKind.OVERHEAD: (14, "rent, insurance and the office, last year's books"),
}


def _state(kind: AssumptionKind, first: date, subject: str, at: datetime) -> None:
    hourly, source = _AMOUNTS[kind]
    amount = Money(hourly * 100, "USD")
    profit.state(Assumption(kind, first, source, subject, amount=amount), actor=OWNER, at=at)


def _state_tools(plan: Plan, first: date, at: datetime) -> None:
    for number in range(plan.servers):
        tool = Assumption(
            AssumptionKind.TOOL,
            first,
            "monitoring and backup, the maker's price list",
            "monitoring and backup",
            ClientId(plan.code),
            AssetId(f"{plan.code}-SRV{number + 1}"),
            Money(TOOLS_A_SERVER * 100, "USD"),
        )
        profit.state(tool, actor=OWNER, at=at)
