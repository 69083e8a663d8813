"""Cards: made and changed from core values, each change with an audit entry that shows before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import models as orm
from django.db import transaction
from django.forms.models import model_to_dict

from groundrules.core.invoices.identity import tidy
from groundrules.core.letters.tongue import LANGUAGES
from groundrules.core.parties import (
    Account,
    Application,
    Asset,
    Client,
    Contact,
    CostRate,
    Dependency,
    LegalDetails,
    Provider,
    Site,
    Technician,
    Vendor,
)
from groundrules.core.periods import Period
from groundrules.records import models as cards
from groundrules.records.parties import Card
from groundrules.records.users import Role
from groundrules.services import audit
from groundrules.services.actor import Actor, require

_Fields = Mapping[str, Any]
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class CardOfAnother(ValueError):
    """A code is taken by a vendor or technician with another name; codes of the provider are shared by all clients."""


class LanguageUnknown(ValueError):
    """Letters are not written in that language."""


@dataclass(frozen=True, slots=True)
class Drawer:
    """How a card is found again (`key`) and what else it says (`fields`)."""

    card: type[orm.Model]
    key: Callable[[Any, cards.Client | None], _Fields]
    fields: Callable[[Any, cards.Client | None], _Fields]
    is_shared: bool = False


def keep(value: object, *, actor: Actor, at: datetime, client: cards.Client | None = None) -> Any:  # noqa: ANN401 - the card of the value
    """This function will make or change the card a core value describes and return it; no change leaves no entry.

    Raises CardOfAnother when a shared code belongs to someone else, and NotAllowed for an accountant.
    """
    require(actor, Role.TECHNICIAN)
    drawer = _DRAWERS[type(value)]
    with transaction.atomic():
        key = drawer.key(value, client)
        fields = drawer.fields(value, client)
        card = drawer.card._default_manager.filter(**key).first()
        if card is None:
            card = drawer.card(**key, **fields)
            before: dict[str, Any] = {}
        else:
            before = _shown(card)
            _refuse_another(drawer, card, fields)
            for name, item in fields.items():
                setattr(card, name, item)
        if _shown(card) != before:
            card.save()
            _entry(card, before, client, actor, at)
        return card


def add(value: object, *, actor: Actor, at: datetime, client: cards.Client | None = None) -> Any:  # noqa: ANN401 - the card of the value
    """This function will make the card of a core value whose code nothing has, as the caller has found out.

    The database refuses a code that is taken. Raises NotAllowed for an accountant.
    """
    require(actor, Role.TECHNICIAN)
    drawer = _DRAWERS[type(value)]
    card = drawer.card(**drawer.key(value, client), **drawer.fields(value, client))
    with transaction.atomic(savepoint=False):
        card.save(force_insert=True)
        _entry(card, {}, client, actor, at)
    return card


def keep_all(
    values: Iterable[object], *, actor: Actor, at: datetime, client: cards.Client | None = None
) -> None:
    """This function will keep several cards in one transaction."""
    with transaction.atomic():
        for value in values:
            keep(value, actor=actor, at=at, client=client)


def keep_client(value: Client, *, actor: Actor, at: datetime) -> cards.Client:
    """This function will keep a client's card and those of its contacts."""
    with transaction.atomic():
        card: cards.Client = keep(value, actor=actor, at=at)
        keep_all(value.contacts, actor=actor, at=at, client=card)
        return card


def keep_technician(value: Technician, *, actor: Actor, at: datetime) -> cards.Technician:
    """This function will keep a technician's card and every dated cost rate."""
    with transaction.atomic():
        card: cards.Technician = keep(value, actor=actor, at=at)
        for rate in value.cost_rates:
            _keep_rate(card, rate, actor, at)
        return card


def _keep_rate(card: cards.Technician, rate: CostRate, actor: Actor, at: datetime) -> None:
    row = cards.CostRate.objects.filter(technician=card, starts_at=rate.period.start).first()
    before = _shown(row) if row else {}
    row = row or cards.CostRate(technician=card, starts_at=rate.period.start)
    row.hourly_minor, row.currency = rate.hourly.minor, rate.hourly.currency
    row.ends_at = rate.period.end
    if _shown(row) != before:
        row.save()
        _entry(row, before, None, actor, at)


def end_account(
    account: cards.Account, *, actor: Actor, at: datetime, client: cards.Client
) -> cards.Account:
    """This function will note that an account is held no more from now on; one without a beginning was held ever."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        before = _shown(account)
        account.held_from, account.held_to = account.held_from or _EVER, at
        account.save(update_fields=["held_from", "held_to"])
        _entry(account, before, client, actor, at)
    return account


def name_host(asset: cards.Asset, name: str, *, actor: Actor, at: datetime) -> None:
    """This function will note a further name by which evidence may call an asset."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        _, made = cards.HostName.objects.get_or_create(asset=asset, name=name)
        if made:
            says = f"{asset.code} is also called {name}"
            entry = audit.Entry("cards.name_host", asset.code, says, asset.client)
            audit.record(entry, actor=actor, at=at)


def _shown(card: orm.Model) -> dict[str, Any]:
    return {name: str(item) for name, item in model_to_dict(card).items() if name != "id"}


def _refuse_another(drawer: Drawer, card: Any, fields: _Fields) -> None:  # noqa: ANN401 - any card with a name
    if drawer.is_shared and card.name != fields["name"]:
        kind = type(card).__name__.lower()
        message = f"the {kind} code {card.code!r} belongs to {card.name}, not {fields['name']}; choose another code"
        raise CardOfAnother(message)


def _entry(
    card: orm.Model, before: dict[str, Any], client: cards.Client | None, actor: Actor, at: datetime
) -> None:
    after = _shown(card)
    changed = {
        name: [_named(card, name, before.get(name)), _named(card, name, item)]
        for name, item in after.items()
        if before.get(name) != item
    }
    kind = type(card).__name__
    named = ", ".join(name.replace("_", " ") for name in changed)
    says = f"{kind} {card} changed: {named}" if before else f"{kind} {card} added"
    owner = card if isinstance(card, cards.Client) else client
    entry = audit.Entry(
        f"cards.keep_{kind.lower()}", f"{kind.lower()}:{card.pk}", says, owner, changed
    )
    audit.record(entry, actor=actor, at=at)


def _named(card: orm.Model, name: str, value: str | None) -> str | None:
    """A card that a field points at is told by its code: its number means nothing to a reader."""
    field = card._meta.get_field(name)
    related = field.related_model
    if value is None or not value.isdecimal() or not isinstance(related, type):
        return value
    if not issubclass(related, Card):
        return value
    if isinstance(field, orm.ForeignKey) and field.is_cached(card):
        pointed = field.get_cached_value(card)
        if isinstance(pointed, Card) and str(pointed.pk) == value:
            return pointed.code
    return related._default_manager.filter(pk=value).values_list("code", flat=True).first() or value


def _ends(period: Period | None) -> tuple[datetime | None, datetime | None]:
    return (period.start, period.end) if period else (None, None)


def write_in(
    card: cards.Client | cards.Contact | cards.Vendor, language: str, *, actor: Actor, at: datetime
) -> None:
    """This function will set in which language somebody is written to; none takes the client's, or English.

    Raises LanguageUnknown for one that letters are not written in.
    """
    require(actor, Role.TECHNICIAN)
    if language and language not in LANGUAGES:
        message = f"letters are written in {' or '.join(LANGUAGES)}, not in {language!r}"
        raise LanguageUnknown(message)
    with transaction.atomic():
        before = _shown(card)
        card.language = language
        if _shown(card) != before:
            card.save(update_fields=["language"])
            _entry(
                card, before, card.client if isinstance(card, cards.Contact) else None, actor, at
            )


def keep_legal(
    card: cards.Provider | cards.Client, details: LegalDetails, *, actor: Actor, at: datetime
) -> None:
    """This function will change what documents say of a party; raises DetailsRefused for what can not be."""
    require(actor, Role.ACCOUNTANT)
    fields = legal_fields(tidy(details))
    with transaction.atomic():
        before = _shown(card)
        for name, item in fields.items():
            setattr(card, name, item)
        if _shown(card) != before:
            card.save(update_fields=list(fields))
            _entry(card, before, None, actor, at)


def legal_fields(details: LegalDetails) -> dict[str, Any]:
    """This function will name the card's fields that hold a party's details."""
    return {
        "legal_name" if name == "name" else name: item for name, item in asdict(details).items()
    }


def _language(value: Client | Contact | Vendor) -> _Fields:
    """A case file that names no language leaves the one on the card."""
    return {"language": value.language} if value.language else {}


def _legal(details: LegalDetails) -> _Fields:
    """A case file that says nothing of them takes nothing away that somebody wrote on the card."""
    return legal_fields(tidy(details)) if details != LegalDetails() else {}


def _contact(value: Contact, _client: cards.Client | None) -> _Fields:
    start, end = _ends(value.authorised)
    return {
        "name": value.name,
        "role": value.role,
        "email": value.email,
        "authorities": sorted(word.value for word in value.authorities),
        "authorised_from": start,
        "authorised_to": end,
        "outside": value.outside,
        **_language(value),
    }


def _site(value: Site, client: cards.Client | None) -> _Fields:
    contact = (
        cards.Contact.objects.get(client=client, code=value.contact) if value.contact else None
    )
    fields = asdict(value) | {"contact": contact}
    del fields["id"]
    return fields


def _application(value: Application, client: cards.Client | None) -> _Fields:
    vendor = cards.Vendor.objects.get(code=value.vendor) if value.vendor else None
    asset = cards.Asset.objects.get(client=client, code=value.asset)
    return {"name": value.name, "asset": asset, "vendor": vendor}


def _account_key(value: Account, client: cards.Client | None) -> _Fields:
    host = cards.Asset.objects.get(client=client, code=value.host) if value.host else None
    start, _ = _ends(value.held)
    return {"client": client, "name": value.name, "host": host, "held_from": start}


def _account(value: Account, _client: cards.Client | None) -> _Fields:
    return {
        "identifier": value.identifier,
        "party_kind": value.party.kind.value,
        "party_code": value.party.id,
        "party_name": value.party.name,
        "person": value.person,
        "shared": value.shared,
        "held_to": _ends(value.held)[1],
    }


def _own_code(value: Any, client: cards.Client | None) -> _Fields:  # noqa: ANN401 - any value with an id
    return {"client": client, "code": value.id}


def _shared_code(value: Any, _client: cards.Client | None) -> _Fields:  # noqa: ANN401 - any value with an id
    return {"code": value.id}


_DRAWERS: Mapping[type, Drawer] = {
    Provider: Drawer(
        cards.Provider,
        _shared_code,
        lambda v, _: {
            "name": v.name,
            "zone": v.zone,
            "email": v.email,
            "address": v.address,
            **_legal(v.legal),
        },
        is_shared=True,
    ),
    Client: Drawer(
        cards.Client,
        _shared_code,
        lambda v, _: {
            "name": v.name,
            "zone": v.zone,
            "currency": v.currency,
            "notice_email": v.notice_email,
            "address": v.address,
            **_language(v),
            **_legal(v.legal),
        },
        is_shared=True,
    ),
    Contact: Drawer(cards.Contact, _own_code, _contact),
    Technician: Drawer(
        cards.Technician,
        _shared_code,
        lambda v, _: {"name": v.name, "role": v.role},
        is_shared=True,
    ),
    Vendor: Drawer(
        cards.Vendor,
        _shared_code,
        lambda v, _: {
            "name": v.name,
            "networks": list(v.networks),
            "people": list(v.people),
            "email": v.email,
            "zone": v.zone,
            **_language(v),
        },
        is_shared=True,
    ),
    Asset: Drawer(
        cards.Asset,
        _own_code,
        lambda v, _: {
            "name": v.name,
            "kind": v.kind,
            "zone": v.zone,
            "operating_system": v.operating_system,
        },
    ),
    Site: Drawer(cards.Site, _own_code, _site),
    Application: Drawer(cards.Application, _own_code, _application),
    Dependency: Drawer(
        cards.Dependency,
        lambda v, client: {
            "client": client,
            "dependent": v.dependent,
            "component": v.component,
        },
        lambda v, _: {"grade": v.grade.value},
    ),
    Account: Drawer(cards.Account, _account_key, _account),
}
