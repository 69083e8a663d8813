"""One row of each kind: looked up, and added by the everyday verb. What is there already is never changed.

A card that says otherwise is left as it is: what is ours was decided here, and an import is no decision.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Model, Q, QuerySet

from groundrules.core.ids import (
    AssetId,
    ClientId,
    ContactId,
    SiteId,
    TechnicianId,
    TimeEntryId,
    VendorId,
)
from groundrules.core.parties import Asset, Client, Contact, Site, Vendor
from groundrules.core.periods import Period
from groundrules.core.plain_text import unaccented
from groundrules.core.work import OwnRun, TimeEntry, WorkType
from groundrules.records import models as books
from groundrules.records.any_case import is_called
from groundrules.services.actor import Actor
from groundrules.services.cards import add
from groundrules.services.imports.mapping import Mapped, RowRefused, span_in, worked_in
from groundrules.services.shelf import short_digest
from groundrules.services.sites import add_site, holds_secret, stand_at
from groundrules.services.work import record_run, record_time

_CODE = 24
_LONGEST = {"name": 200, "code": 64, "role": 200, "operating_system": 200, "kind": 64, "issue": 120}
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(slots=True)
class Bringing:
    """What a run needs at every row: who acts when, how cells are read, and what was touched so far."""

    mapping: Mapped
    actor: Actor
    at: datetime
    cards: list[Model] = field(default_factory=list)
    worked: dict[int, books.Client] = field(default_factory=dict)
    clients: dict[str, books.Client] = field(default_factory=dict)
    met: set[object] = field(default_factory=set)

    def where(self, key: object) -> str:
        """This function will say where what a row says again was met first: in this file, or in our books."""
        return "in an earlier row of this file" if key in self.met else "on record"


Came = tuple[str, str]


def bring_client(told: Mapping[str, str], run: Bringing) -> Came:
    """This function will add a client's card."""
    name, zone = told["name"], told["zone"] or run.mapping.zone
    currency = (told["currency"] or run.mapping.currency).upper()
    known, code = _looked_up(books.Client.objects.all(), told)
    if known is not None:
        return _met(known, {"name": name, "notice_email": told["email"]}, run)
    if zone not in available_timezones():
        message = f"zone: {zone or 'nothing'} is no time zone; say one in the row, or as zone in the mapping file"
        raise RowRefused(message)
    if not _CURRENCY.fullmatch(currency):
        message = f"currency: {currency or 'nothing'} is none; say one such as USD, or as currency in the mapping file"
        raise RowRefused(message)
    _check_lengths(told)
    value = Client(ClientId(code), name, zone, currency, (), _email(told["email"]), told["address"])
    run.clients.clear()  # A name may mean two from now on.
    return _added(add(value, actor=run.actor, at=run.at), run)


def bring_contact(told: Mapping[str, str], run: Bringing) -> Came:
    """This function will add a person's card, who is authorised for nothing yet."""
    client = client_of(told["client"], run)
    rows = client.contacts.all()
    known, code = _looked_up(rows, told)
    if known is not None:
        return _met(known, {"name": told["name"], "email": told["email"]}, run)
    _check_lengths(told)
    value = Contact(ContactId(code), told["name"], told["role"], _email(told["email"]))
    return _added(add(value, actor=run.actor, at=run.at, client=client), run)


def bring_site(told: Mapping[str, str], run: Bringing) -> Came:
    """This function will add a site's card; notes that look like a secret are left out, and it says so."""
    client = client_of(told["client"], run)
    known, code = _looked_up(client.sites.all(), told)
    if known is None:
        _check_lengths(told)
    site = Site(
        SiteId(known.code if known else code),
        told["name"],
        _address(told),
        told["zone"],
        told["opening_hours"],
        told["closed_days"],
        told["phone"],
        _contact(client, told["contact"]),
        told["notes"],
    )
    kept = replace(site, notes="") if holds_secret(site.notes) else site
    if known is not None:
        named = ("name", "address", "zone", "opening_hours", "closed_days", "phone", "notes")
        return _met(known, {name: getattr(kept, name) for name in named}, run)
    action, says = _added(add_site(kept, client=client, actor=run.actor, at=run.at), run)
    left = "" if kept is site else "; its notes look like a password and were left out"
    return action, f"{says}{left}"


def bring_asset(told: Mapping[str, str], run: Bringing) -> Came:
    """This function will add a server's or endpoint's card."""
    client = client_of(told["client"], run)
    rows = client.assets.all()
    known, code = _looked_up(rows, told)
    if known is not None:
        said = {"name": told["name"], "operating_system": told["operating_system"]}
        return _met_at(known, told["site"]) or _met(known, said, run)
    site = _site(client, told["site"], run) if told["site"] else None
    _check_lengths(told)
    kind = (told["kind"] or "server").lower()
    value = Asset(
        AssetId(code),
        told["name"],
        kind,
        zone=_zone_apart(site, client),
        operating_system=told["operating_system"],
    )
    card = add(value, actor=run.actor, at=run.at, client=client)
    if site is not None:
        card = stand_at(card, site, actor=run.actor, at=run.at)
    action, says = _added(card, run)
    return action, f"{says}, at {site.name}" if site else says


def bring_vendor(told: Mapping[str, str], run: Bringing) -> Came:
    """This function will add a vendor's card."""
    rows = books.Vendor.objects.all()
    known, code = _looked_up(rows, told)
    if known is not None:
        return _met(known, {"name": told["name"], "email": told["email"]}, run)
    _check_lengths(told)
    value = Vendor(VendorId(code), told["name"], email=_email(told["email"]))
    return _added(add(value, actor=run.actor, at=run.at), run)


def bring_time(told: Mapping[str, str], run: Bringing) -> Came:
    """This function will record work; the same number again with other content is refused."""
    client = client_of(told["client"], run)
    zone = run.mapping.zone or client.zone
    period = worked_in(told, zone, run.mapping.instants)
    ref = f"{run.mapping.prefix}-{told['id'] or _made_id(told, client, period, run)}"
    there = books.TimeEntry.objects.of_client(client).filter(ref=ref).exists()
    entry = TimeEntry(
        TimeEntryId(_short(ref, "id", 120)),
        TechnicianId(_technician(told["technician"])),
        period,
        _short(told["issue"], "issue", _LONGEST["issue"]),
        _work_type(told["work_type"]),
        _asset(client, told["asset"]) if told["asset"] else None,
        note=told["note"],
    )
    record_time(entry, client=client, actor=run.actor, at=run.at)
    if there:
        return "same", f"{ref} is {run.where((client.pk, ref))}"
    run.met.add((client.pk, ref))
    run.worked[client.pk] = client
    return "add", f"{ref}: {entry.issue}"


def _made_id(told: Mapping[str, str], client: books.Client, period: Period, run: Bringing) -> str:
    """What tells entries apart that came without a number: who, from when to when, on what. Their words may change."""
    if run.mapping.constants.get("started_at"):
        message = "id is empty; entries that all begin at one hour are told apart by it only"
        raise RowRefused(message)
    said = (client.code, told["technician"], str(period.start), str(period.end), told["issue"])
    return short_digest("|".join(said))


def bring_patch(told: Mapping[str, str], run: Bringing) -> Came:
    """This function will record a patch another program of ours installed; a day alone means some time that day."""
    client = client_of(told["client"], run)
    asset = _asset(client, told["asset"])
    row = client.assets.get(code=asset)
    zone = run.mapping.zone or row.zone or client.zone
    period = span_in(told["installed_at"], "installed_at", zone, run.mapping.instants)
    if period.start > run.at:
        message = f"installed_at: {told['installed_at']} is not past yet"
        raise RowRefused(message)
    said = f"{client.code}|{asset}|{told['title']}|{period.start.isoformat()}"
    ref = f"{run.mapping.prefix}-{short_digest(said)}"
    if books.OwnRun.objects.of_client(client).filter(ref=ref).exists():
        return "same", f"{told['title']} on {asset} is {run.where((client.pk, ref))}"
    run.met.add((client.pk, ref))
    by = told["tool"] or "another program of ours"
    says = f"{told['title']} installed by {by}, as its export says"
    record_run(
        OwnRun(ref, asset, period, "patch", says=says), client=client, actor=run.actor, at=run.at
    )
    run.worked[client.pk] = client
    return "add", f"{told['title']} on {asset}"


def client_of(said: str, run: Bringing) -> books.Client:
    """This function will return the client a row names, asked for once in a run; raises RowRefused."""
    if said not in run.clients:
        run.clients[said] = client_named(said)
    return run.clients[said]


def client_named(said: str) -> books.Client:
    """This function will return the client a code or name means; raises RowRefused."""
    rows = list(books.Client.objects.filter(is_called(said, "code", "name"))[:2])
    if len(rows) == 1:
        return rows[0]
    found = "more than one" if rows else "no"
    message = (
        f"client: {said!r} is {found} client here; bring clients in first, or say whose code it stands for, "
        f"as their word = ours: client: {said} = CODE (a mapping file: [values.client])"
    )
    raise RowRefused(message)


def _asset(client: books.Client, said: str) -> AssetId:
    rows = client.assets.filter(is_called(said, "code", "name"))
    found = list(rows.values_list("code", flat=True)[:2])
    if len(found) == 1:
        return AssetId(found[0])
    message = (
        f"asset: {client.code} has {'more than one' if found else 'no'} server {said!r}; bring its servers in first, "
        f"or say whose code it stands for, as their word = ours: asset: {said} = CODE"
    )
    raise RowRefused(message)


def _site(client: books.Client, said: str, run: Bringing) -> books.Site:
    """The site that is named; one we do not know is added, so that no row loses where its server stands."""
    rows = client.sites.filter(is_called(said, "code", "name"))
    found = list(rows[:2])
    if len(found) == 1:
        return found[0]
    if found:
        message = f"site: {client.code} has more than one site {said!r}; say whose code it stands for (values.site)"
        raise RowRefused(message)
    told = {"name": said, "code": ""}
    _check_lengths(told)
    site = Site(SiteId(_new_code(told, client.sites.all())), said)
    row = add_site(site, client=client, actor=run.actor, at=run.at)
    run.cards.append(row)
    return row


def _zone_apart(site: books.Site | None, client: books.Client) -> str:
    """A server's clock is its site's; where that is the client's, nothing is written down twice."""
    return site.zone if site and site.zone != client.zone else ""


def _met_at(known: books.Asset, said: str) -> Came | None:
    """A server on record stays where it stands: when it moved is a person's to say."""
    stands = known.site
    if not said or (stands and said.casefold() in {stands.code.casefold(), stands.name.casefold()}):
        return None
    at = f"at {stands.code}" if stands else "at no site"
    command = f"groundrules site move --client {known.client.code} --to SITE {known.code}"
    return "left", f"{known.code} is on record {at}, the row says {said}; to move it: {command}"


def _contact(client: books.Client, said: str) -> ContactId | None:
    if not said:
        return None
    rows = client.contacts.filter(is_called(said, "code", "name"))
    found = list(rows.values_list("code", flat=True)[:2])
    if len(found) == 1:
        return ContactId(found[0])
    message = f"contact: {client.code} has {'more than one' if found else 'no'} contact {said!r}"
    raise RowRefused(message)


def _address(told: Mapping[str, str]) -> str:
    """Street, then postcode and town in one line, as far as they are said."""
    town = ", ".join(part for part in (told["city"], told["state"]) if part)
    lines = (told["address"], " ".join(part for part in (town, told["postcode"]) if part))
    return "\n".join(line for line in (*lines, told["country"]) if line)


def _technician(said: str) -> str:
    rows = books.Technician.objects.filter(is_called(said, "code", "name"))
    found = list(rows.values_list("code", flat=True)[:2])
    if len(found) == 1:
        return found[0]
    message = (
        f"technician: {said!r} is nobody here; say whose code it stands for, "
        f"as their word = ours: technician: {said} = CODE (a mapping file: [values.technician])"
    )
    raise RowRefused(message)


def _work_type(said: str) -> WorkType:
    word = said.strip().lower().replace(" ", "_")
    if not word:
        return WorkType.MAINTENANCE
    if word not in set(WorkType):
        message = f"work_type: {said!r} is none of {', '.join(WorkType)}; say which it stands for (values.work_type)"
        raise RowRefused(message)
    return WorkType(word)


def _looked_up(rows: QuerySet[Any], told: Mapping[str, str]) -> tuple[Any, str]:
    """The card a row means, by its code, else by its name; or nothing, and the code that a new one gets.

    A name that two have is nobody's. Mostly nothing is called so, which takes one question. Raises RowRefused.
    """
    if told["code"]:
        return rows.filter(is_called(told["code"], "code")).first(), told["code"]
    by_name, code = is_called(told["name"], "name"), _first_code(told)
    if not rows.filter(by_name | Q(code=code)).exists():
        return None, code
    found = list(rows.filter(by_name)[:2])
    return (found[0], "") if len(found) == 1 else (None, _new_code(told, rows))


def _met(card: Any, said: Mapping[str, str], run: Bringing) -> Came:  # noqa: ANN401 - any card
    differs = [name for name, value in said.items() if value and getattr(card, name) != value]
    if not differs:
        return "same", f"{card.code} is {run.where((type(card), card.pk))}"
    return (
        "left",
        f"{card.code} is {run.where((type(card), card.pk))} with another {', '.join(differs)}, and was left as it is",
    )


def _added(card: Any, run: Bringing) -> Came:  # noqa: ANN401 - any card
    run.cards.append(card)
    run.met.add((type(card), card.pk))
    return "add", f"{card.code} {card.name}"


def _check_lengths(told: Mapping[str, str]) -> None:
    for name, most in _LONGEST.items():
        _short(told.get(name, ""), name, most)


def _first_code(told: Mapping[str, str]) -> str:
    return plain_code(told["name"]) or short_digest(told["name"])


def _new_code(told: Mapping[str, str], rows: QuerySet[Any]) -> str:
    """A code made from the name, which nothing has yet."""
    first = _first_code(told)
    for code in (first, f"{first}-{short_digest(told['name'])[:4]}"):
        if not rows.filter(code=code).exists():
            return code
    message = f"name: more than one is called {told['name']!r} here; say which by its code"
    raise RowRefused(message)


def plain_code(name: str) -> str:
    """This function will return the code a name comes to, where nothing has it yet."""
    return re.sub(r"[^A-Z0-9]+", "-", unaccented(name).upper())[:_CODE].strip("-")


def _short(said: str, name: str, most: int) -> str:
    if len(said) > most or not said.isprintable():
        message = f"{name}: write {most} characters at most, on one line"
        raise RowRefused(message)
    return said


def _email(said: str) -> str:
    if not said:
        return ""
    try:
        validate_email(said)
    except ValidationError as wrong:
        message = f"email: {said!r} is no address"
        raise RowRefused(message) from wrong
    return said


BRINGS: Mapping[str, Callable[[Mapping[str, str], Bringing], Came]] = {
    "clients": bring_client,
    "contacts": bring_contact,
    "sites": bring_site,
    "assets": bring_asset,
    "vendors": bring_vendor,
    "time": bring_time,
    "patches": bring_patch,
}
