"""Agreements: a version is drafted, proven, published, and from then on frozen by the database."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from groundrules.core.agreements.digests import digest, terms_digest
from groundrules.core.agreements.sentences import sentences_of
from groundrules.core.agreements.table import (
    NotPublishable,
    check_publishable,
)
from groundrules.core.agreements.terms import AgreementVersion
from groundrules.records import models as books
from groundrules.records.typed_json import dump
from groundrules.services import audit
from groundrules.services.actor import Actor, require


class VersionAlreadyPublished(ValueError):
    """A published version cannot be drafted again; write the next version."""


class SignatureNeeded(NotPublishable):
    """The client signs each version of this agreement, and has not signed this one as it stands."""


class OtherAgreementStands(ValueError):
    """The client has an agreement under another code; there is one at a time, and its versions follow each other."""


class OtherCurrency(NotPublishable):
    """A version is written in another currency than its client is billed in."""


def open_agreement(
    client: books.Client, code: str, title: str, *, actor: Actor, at: datetime
) -> books.Agreement:
    """This function will return the client's agreement with this code, making its card the first time.

    Raises OtherAgreementStands: the versions of two agreements would bind at once, under the same numbers.
    """
    require(actor)
    with transaction.atomic():
        books.Client.objects.select_for_update(no_key=True).get(pk=client.pk)
        _refuse_second(client, code)
        card, made = books.Agreement.objects.get_or_create(
            client=client, code=code, defaults={"title": title}
        )
        if made:
            entry = audit.Entry("agreements.open", code, f"{title} opened", client)
            audit.record(entry, actor=actor, at=at)
        return card


def _refuse_second(client: books.Client, code: str) -> None:
    other = client.agreements.exclude(code=code).order_by("pk").first()
    if other is not None and not client.agreements.filter(code=code).exists():
        message = (
            f"{client.name} has the agreement {other.code} ({other.title}) already; "
            "write what was agreed now as its next version"
        )
        raise OtherAgreementStands(message)


def hold(agreement: books.Agreement) -> None:
    """This function will keep others from writing a version of the agreement until the transaction ends."""
    books.Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)


def draft(
    agreement: books.Agreement, version: AgreementVersion, *, actor: Actor, at: datetime
) -> books.AgreementVersion:
    """This function will write or rewrite a draft version; raises VersionAlreadyPublished."""
    require(actor)
    with transaction.atomic():
        hold(agreement)
        standing = agreement.versions.filter(version=version.version).first()
        if standing is not None and standing.published_at is not None:
            message = f"{standing} was published and is frozen; write version {version.version + 1} instead"
            raise VersionAlreadyPublished(message)
        row, _ = books.AgreementVersion.objects.update_or_create(
            agreement=agreement,
            version=version.version,
            defaults={
                "in_force_from": version.in_force.start,
                "in_force_to": version.in_force.end,
                "signed_at": version.signed_at,
                "payload": dump(version),
                "digest": digest(version),
                "sentences": "\n".join(sentences_of(version)),
            },
        )
        entry = audit.Entry("agreements.draft", str(row), f"{row} drafted", agreement.client)
        audit.record(entry, actor=actor, at=at)
        return row


def publish(row: books.AgreementVersion, *, actor: Actor, at: datetime) -> books.AgreementVersion:
    """This function will prove a draft complete and without conflict, and freeze it.

    Raises the core's refusals (ClauseGap, ClauseConflict, DeadClause, BackdatedVersion…), OtherCurrency,
    VersionAlreadyPublished, and SignatureNeeded where the client signs each version: then its signature publishes it.
    """
    require(actor)
    with transaction.atomic():
        hold(row.agreement)
        row.refresh_from_db()
        if row.published_at is not None:
            message = f"{row} was published at {row.published_at.isoformat()} already"
            raise VersionAlreadyPublished(message)
        check(row, at)
        _check_signed(row)
        row.published_at, row.published_by = at, actor.label
        row.save(update_fields=["published_at", "published_by"])
        entry = audit.Entry(
            "agreements.publish",
            str(row),
            f"{row} published",
            row.agreement.client,
            {"digest": row.digest},
        )
        audit.record(entry, actor=actor, at=at)
    return row


def check(row: books.AgreementVersion, at: datetime) -> None:
    """This function will refuse a draft that could not be published at `at`, whoever signs it."""
    version = row.to_core()
    check_publishable(version, _before(row), at)
    _refuse_currency(version, row.agreement.client)


def _refuse_currency(version: AgreementVersion, client: books.Client) -> None:
    currency = version.rates.hourly.currency
    if currency != client.currency:
        message = (
            f"{client.name} is billed in {client.currency}, and version {version.version} is written in {currency}; "
            f"write its amounts in {client.currency}"
        )
        raise OtherCurrency(message)


def choose_signing(
    agreement: books.Agreement,
    *,
    client_signs: bool,
    actor: Actor,
    at: datetime,
) -> books.Agreement:
    """This function will choose whether each next version binds only by the client's signature; owners only."""
    require(actor)
    with transaction.atomic():
        hold(agreement)
        agreement.client_signs = client_signs
        agreement.save(update_fields=["client_signs"])
        how = "is published by the client's signature" if client_signs else "is published by us"
        entry = audit.Entry(
            "agreements.choose_signing", agreement.code, f"each version {how}", agreement.client
        )
        audit.record(entry, actor=actor, at=at)
    return agreement


def signature_of(row: books.AgreementVersion) -> books.Signature | None:
    """This function will return the signature under a version as its terms stand, or None."""
    about = f"{row.agreement.code} v{row.version}"
    rows = books.Signature.objects.filter(
        request__client=row.agreement.client_id,
        request__kind=books.SignatureRequest.AGREEMENT,
        request__about=about,
        request__content_digest__in=(row.digest, terms_digest(row.to_core())),
    )
    return rows.select_related("request", "request__signer").order_by("-pk").first()


def _check_signed(row: books.AgreementVersion) -> None:
    if books.Agreement.objects.get(pk=row.agreement_id).client_signs and signature_of(row) is None:
        message = (
            f"{row} is published by the client's signature. Ask for it where the next version is written, or with "
            "groundrules signature ask; nothing was published"
        )
        raise SignatureNeeded(message)


def _before(row: books.AgreementVersion) -> AgreementVersion | None:
    earlier = row.agreement.versions.filter(version__lt=row.version, published_at__isnull=False)
    previous = earlier.order_by("-version").first()
    return previous.to_core() if previous else None
