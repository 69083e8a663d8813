"""ITFlow's database, from a dump of it: clients, contacts, vendors, servers, and the time on tickets' replies.

Written from the public names of its tables and columns. What was archived there is left there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from groundrules.readers.mysql_dump import DumpRow, read_dump
from groundrules.services.imports.fields import KINDS
from groundrules.services.imports.mapping import Mapped, RowRefused, instant_in, length_in

_TABLES = ("clients", "contacts", "vendors", "assets", "tickets", "ticket_replies", "users")
_Told = tuple[str, int, Mapping[str, str] | str]
_NO_TIME = {"", "00:00:00"}


def itflow_rows(raw: bytes, mapping: Mapped) -> Iterator[_Told]:
    """This function will give the dump's rows as ours, clients first; raises DumpUnreadable."""
    tables = read_dump(raw, _TABLES)
    clients = _names(tables.get("clients", ()), "client_id", "client_name")
    for row in _kept(tables.get("clients", ()), "client_archived_at"):
        cells = row.cells
        currency = cells.get("client_currency_code", "")
        yield _row("clients", row, mapping, name=cells.get("client_name", ""), currency=currency)
    for row in _kept(tables.get("contacts", ()), "contact_archived_at"):
        cells = row.cells
        yield _row(
            "contacts",
            row,
            mapping,
            client=clients.get(cells.get("contact_client_id", ""), ""),
            name=cells.get("contact_name", ""),
            email=cells.get("contact_email", ""),
            role=cells.get("contact_title", ""),
        )
    for row in _kept(tables.get("vendors", ()), "vendor_archived_at"):
        cells = row.cells
        email = cells.get("vendor_email", "")
        yield _row("vendors", row, mapping, name=cells.get("vendor_name", ""), email=email)
    for row in _kept(tables.get("assets", ()), "asset_archived_at"):
        cells = row.cells
        yield _row(
            "assets",
            row,
            mapping,
            client=clients.get(cells.get("asset_client_id", ""), ""),
            name=cells.get("asset_name", ""),
            kind=cells.get("asset_type", ""),
            operating_system=cells.get("asset_os", ""),
        )
    yield from _time(tables, clients, mapping)


def _time(
    tables: Mapping[str, tuple[DumpRow, ...]], clients: Mapping[str, str], mapping: Mapped
) -> Iterator[_Told]:
    """A reply with time on it is work that ended when the reply was written."""
    tickets = {row.cells.get("ticket_id", ""): row.cells for row in tables.get("tickets", ())}
    people = _names(tables.get("users", ()), "user_id", "user_name")
    assets = _names(tables.get("assets", ()), "asset_id", "asset_name")
    for row in _kept(tables.get("ticket_replies", ()), "ticket_reply_archived_at"):
        cells = row.cells
        worked = cells.get("ticket_reply_time_worked", "")
        if worked in _NO_TIME:
            continue
        ticket = tickets.get(cells.get("ticket_reply_ticket_id", ""), {})
        number = f"{ticket.get('ticket_prefix', '')}{ticket.get('ticket_number', '')}"
        subject = " ".join(f"{number} {ticket.get('ticket_subject', '')}".split())
        try:
            started_at = _began(cells.get("ticket_reply_created_at", ""), worked, mapping)
        except RowRefused as refused:
            yield "time", row.number, str(refused)
            continue
        yield _row(
            "time",
            row,
            mapping,
            client=clients.get(ticket.get("ticket_client_id", ""), ""),
            id=f"ITF-{cells.get('ticket_reply_id', '')}",
            technician=people.get(cells.get("ticket_reply_by", ""), ""),
            started_at=started_at,
            hours=worked,
            issue=subject[:120],
            asset=assets.get(ticket.get("ticket_asset_id", ""), ""),
        )


def _began(written: str, worked: str, mapping: Mapped) -> str:
    if not mapping.zone:
        message = "the dump's instants have no zone; say its server's as zone in the mapping file"
        raise RowRefused(message)
    ended = instant_in(written, "ticket_reply_created_at", mapping.zone, "%Y-%m-%d %H:%M:%S")
    length: timedelta = length_in(worked)
    return (ended - length).isoformat()


def _row(form: str, row: DumpRow, mapping: Mapped, **said: str) -> _Told:
    told: dict[str, str] = {}
    for one in KINDS[form].fields:
        value = " ".join(said.get(one.name, "").split()) or mapping.constants.get(one.name, "")
        told[one.name] = mapping.values.get(one.name, {}).get(value, value)
        if one.needed and not told[one.name]:
            return form, row.number, f"{one.name} is empty"
    return form, row.number, told


def _names(rows: tuple[DumpRow, ...], key: str, name: str) -> dict[str, str]:
    return {row.cells.get(key, ""): " ".join(row.cells.get(name, "").split()) for row in rows}


def _kept(rows: tuple[DumpRow, ...], archived: str) -> Iterator[DumpRow]:
    return (row for row in rows if not row.cells.get(archived))
