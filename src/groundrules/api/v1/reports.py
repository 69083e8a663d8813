"""What a client got for its money, and what it earns us, worked out from the books as they stand."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from groundrules.api.v1.door import mine, needs
from groundrules.api.v1.paging import Code, one
from groundrules.api.v1.shapes import Amount, money, money_or_none
from groundrules.core.profitability.facts import percent
from groundrules.core.profitability.relationship import Relationship
from groundrules.core.reported import ClientReport
from groundrules.core.value import Figure
from groundrules.records import models as books
from groundrules.services.client_reports import report_of
from groundrules.services.profit.portfolio import Span, relationship

router = Router(tags=["reports"])
_FIRST_YEAR, _LAST_YEAR = 1990, 2200
_MONTH = r"^(199\d|20\d\d|21\d\d)-(0[1-9]|1[0-2])$"


class FigureShape(Schema):
    """One number, how it was worked out, and what it counts."""

    name: str
    amount: Amount
    working: str
    seconds: int
    refs: list[str]


class OutcomeShape(Schema):
    """What was done of one kind, in words, and how many."""

    name: str
    says: str
    count: int


class ValueShape(Schema):
    """The value report of the local days from `first` until before `end`."""

    client: str
    first: date
    end: date
    zone: str
    subject: str
    short: list[str]
    saving_on_repairs: FigureShape
    saving_on_all_work: FigureShape
    covered: FigureShape
    fees: FigureShape
    not_charged: FigureShape
    outcomes: list[OutcomeShape]
    incomplete: list[str] = Field(description="What the books do not know of these days.")


class ProfitShape(Schema):
    """What a client earns over whole months. Without numbers where the books cannot carry one; `refused` says why."""

    client: str
    first_month: str
    last_month: str
    says: str = Field(description="What the money says, in a word or two.")
    driver: str
    revenue: Amount
    gross_profit: Amount | None
    margin: str | None = Field(description="Gross profit over revenue, such as 17.4 %.")
    effective_hourly_rate: Amount | None
    alarms: list[str]
    refused: list[str]


class ValueAsked(Schema):
    """Which days."""

    client: Code = Field(min_length=1, description="The client's code.")
    first: date = Field(description="The first local day.")
    end: date = Field(description="The day after the last.")


class ProfitAsked(Schema):
    """Which months."""

    client: Code = Field(min_length=1, description="The client's code.")
    first_month: str = Field(pattern=_MONTH, description="Such as 2026-01.")
    last_month: str = Field(pattern=_MONTH, description="Included.")


class DaysRefused(ValueError):
    """A report was asked for of days that are out of range or too many."""


_MOST_DAYS = 1100


@router.get("/reports/value", auth=needs("reports:read"), response=ValueShape)
def get_value_report(request: HttpRequest, asked: Query[ValueAsked]) -> ValueShape:
    """What a client got for its money. Nothing is frozen by asking; giving a report is a person's act."""
    client = _client(request, asked.client)
    if not _FIRST_YEAR <= asked.first.year <= asked.end.year <= _LAST_YEAR:
        message = f"choose days from {_FIRST_YEAR} to {_LAST_YEAR}, the last after the first"
        raise DaysRefused(message)
    if (asked.end - asked.first).days > _MOST_DAYS:
        message = f"ask for {_MOST_DAYS} days at most"
        raise DaysRefused(message)
    made = report_of(client, asked.first, asked.end, at=timezone.now())
    return _value(client, made)


@router.get("/reports/profit", auth=needs("profit:read"), response=ProfitShape)
def get_profit_report(request: HttpRequest, asked: Query[ProfitAsked]) -> ProfitShape:
    """What a client earns us over whole months."""
    client = _client(request, asked.client)
    span = Span.of(asked.first_month, asked.last_month)
    if (span.end - span.first).days > _MOST_DAYS:
        message = f"ask for {_MOST_DAYS} days at most"
        raise DaysRefused(message)
    found = relationship(client, span, at=timezone.now()).relationship
    return _profit(client, asked, found)


def _client(request: HttpRequest, code: str) -> books.Client:
    return one(mine(request, books.Client.objects.all(), ""), "client", code=code)


def _value(client: books.Client, made: ClientReport) -> ValueShape:
    value = made.value
    return ValueShape(
        client=client.code,
        first=made.first,
        end=made.end,
        zone=made.zone,
        subject=made.subject,
        short=list(made.short),
        saving_on_repairs=_figure(value.headline),
        saving_on_all_work=_figure(value.upper),
        covered=_figure(value.covered),
        fees=_figure(value.fees),
        not_charged=_figure(value.not_charged),
        outcomes=[
            OutcomeShape(name=one.name, says=one.says, count=len(one.items))
            for one in made.outcomes
        ],
        incomplete=list(made.incomplete),
    )


def _figure(figure: Figure) -> FigureShape:
    return FigureShape(
        name=figure.name,
        amount=money(figure.amount),
        working=figure.working,
        seconds=figure.seconds,
        refs=[*figure.entries, *figure.refs],
    )


def _profit(client: books.Client, asked: ProfitAsked, found: Relationship) -> ProfitShape:
    measures = found.answer.measures if found.answer else None
    share = measures.margin if measures else None
    return ProfitShape(
        client=client.code,
        first_month=asked.first_month,
        last_month=asked.last_month,
        says=found.word.value,
        driver=found.driver,
        revenue=money(found.revenue),
        gross_profit=money(measures.gross_profit) if measures else None,
        margin=percent(share) if share is not None else None,
        effective_hourly_rate=money_or_none(measures.hourly_rate) if measures else None,
        alarms=[alarm.sentence for alarm in found.answer.alarms] if found.answer else [],
        refused=list(found.refused),
    )
