"""ITFlow's database, from a dump of it: clients, contacts, locations, vendors, servers, time on tickets' replies.

Written from the public names of its tables and columns. What was archived there is left there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta

from groundrules.readers.mysql_dump import DumpRow, read_dump
from groundrules.services.imports.fields import KINDS
from groundrules.services.imports.mapping import Mapped, RowRefused, instant_in, length_in

_TABLES = (
    *("clients", "contacts", "locations", "vendors", "assets"),
    *("tickets", "ticket_replies", "users"),
)
_Told = tuple[str, int, Mapping[str, str] | str]
_Tables = Mapping[str, tuple[DumpRow, ...]]
_NO_TIME = {"", "00:00:00"}
_LONG_HOURS = 200


def itflow_rows(raw: bytes, mapping: Mapped) -> Iterator[_Told]:
    """This function will give the dump's rows as ours, clients first; raises DumpUnreadable."""
    tables = read_dump(raw, _TABLES)
    clients = _names(tables.get("clients", ()), "client_id", "client_name")
    places, main = _places(tables), _main_addresses(tables)
    for row in _kept(tables.get("clients", ()), "client_archived_at"):
        cells = row.cells
        yield _row(
            "clients",
            row,
            mapping,
            name=cells.get("client_name", ""),
            currency=cells.get("client_currency_code", ""),
            address=main.get(cells.get("client_id", ""), ""),
        )
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
    yield from _locations(tables, clients, places, mapping)
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
            site=places.get(cells.get("asset_location_id", ""), ""),
        )
    yield from _time(tables, clients, mapping)


def _places(tables: _Tables) -> dict[str, str]:
    """What each location that is kept is found by: its name, or its number where its client has two of that name."""
    rows = list(_kept(tables.get("locations", ()), "location_archived_at"))
    owned = [
        (one.cells.get("location_client_id", ""), _line(one.cells, "location_name").casefold())
        for one in rows
    ]
    often = Counter(owned)
    return {
        row.cells.get("location_id", ""): _line(row.cells, "location_name")
        if often[owner] == 1
        else f"ITF-{row.cells.get('location_id', '')}"
        for row, owner in zip(rows, owned, strict=True)
    }


def _locations(
    tables: _Tables, clients: Mapping[str, str], places: Mapping[str, str], mapping: Mapped
) -> Iterator[_Told]:
    """What has no field of ours (a fax, how to ship) goes into the notes; nothing of a location is left behind."""
    contacts = _one_of_each_name(tables.get("contacts", ()))
    for row in _kept(tables.get("locations", ()), "location_archived_at"):
        cells = row.cells
        found_by = places[cells.get("location_id", "")]
        hours = _line(cells, "location_hours")
        yield _row(
            "sites",
            row,
            mapping,
            client=clients.get(cells.get("location_client_id", ""), ""),
            name=_line(cells, "location_name"),
            code=found_by if found_by != _line(cells, "location_name") else "",
            address=cells.get("location_address", ""),
            city=cells.get("location_city", ""),
            state=cells.get("location_state", ""),
            postcode=cells.get("location_zip", ""),
            country=cells.get("location_country", ""),
            phone=_phone(cells, "phone"),
            opening_hours=hours if len(hours) <= _LONG_HOURS else "",
            contact=contacts.get(cells.get("location_contact_id", ""), ""),
            notes=_notes(cells, hours),
        )


def _one_of_each_name(people: tuple[DumpRow, ...]) -> dict[str, str]:
    """Contacts by number, without those that share their name with another of their client: nobody guesses which."""
    kept = list(_kept(people, "contact_archived_at"))
    often = Counter(_owned(row) for row in kept)
    alone = tuple(row for row in kept if often[_owned(row)] == 1)
    return _names(alone, "contact_id", "contact_name")


def _owned(row: DumpRow) -> tuple[str, str]:
    return row.cells.get("contact_client_id", ""), _line(row.cells, "contact_name").casefold()


def _notes(cells: Mapping[str, str], hours: str) -> str:
    told = (
        ("", _line(cells, "location_description")),
        ("", _line(cells, "location_notes")),
        ("Open: ", hours if len(hours) > _LONG_HOURS else ""),
        ("In an emergency: ", _line(cells, "location_emergency_contacts")),
        ("Shipping: ", _line(cells, "location_shipping_instructions")),
        ("Fax: ", _phone(cells, "fax")),
    )
    return " · ".join(f"{heading}{said}" for heading, said in told if said)


def _phone(cells: Mapping[str, str], which: str) -> str:
    number = _line(cells, f"location_{which}")
    country = _line(cells, f"location_{which}_country_code")
    extension = _line(cells, f"location_{which}_extension")
    whole = f"+{country.lstrip('+')} {number}" if country and number else number
    return f"{whole} ext. {extension}" if extension and number else whole


def _main_addresses(tables: _Tables) -> dict[str, str]:
    """ITFlow writes a client's address on its main location only; documents take it from the client's card."""
    parts = ("address", "city", "state", "zip", "country")
    return {
        row.cells.get("location_client_id", ""): ", ".join(
            filter(None, (_line(row.cells, f"location_{part}") for part in parts))
        )
        for row in _kept(tables.get("locations", ()), "location_archived_at")
        if row.cells.get("location_primary") == "1"
    }


def _line(cells: Mapping[str, str], name: str) -> str:
    return " ".join(cells.get(name, "").split())


def _time(tables: _Tables, clients: Mapping[str, str], mapping: Mapped) -> Iterator[_Told]:
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
