"""Certificates for windows: issued for exactly what was approved, and revoked when they must end before their time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from groundrules.core.ids import WindowId
from groundrules.core.vendors import AccessWindow as CoreWindow
from groundrules.core.vendors.gate import CertificateTerms, certificate_terms
from groundrules.gateways.ssh_certificates import UserCertificate, read_user_key
from groundrules.records.models import (
    AccessWindow,
    Account,
    Certificate,
    CertificateAuthority,
    CertificateRevoked,
    Client,
    Gate,
    Role,
    Vendor,
)
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.gate.authority import certify, signing_authority

SESSION = "/usr/local/sbin/groundrules-session"


class UnknownWindow(LookupError):
    """No window is on record under that reference."""


class NoGate(LookupError):
    """The window's host has no gate: Groundrules records and alerts there, but does not let in or lock out."""


class UnknownAccount(LookupError):
    """No account by that name is on record for the host."""


class UnknownCertificate(LookupError):
    """No certificate has that serial number."""


class CertificateAlreadyRevoked(ValueError):
    """The certificate was revoked before."""


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom a certificate is asked: the window, the account on the host, and the public key it is bound to."""

    window: WindowId
    account: str
    public_key: str


def window_row(client: Client, window: str) -> AccessWindow:
    """This function will return the standing row of a window; raises UnknownWindow."""
    row = AccessWindow.objects.current().of_client(client).filter(ref=window).first()
    if row is None:
        message = f"{client.code} has no window {window!r} on record"
        raise UnknownWindow(message)
    return row


def issue(asked: Asked, *, client: Client, actor: Actor, at: datetime) -> Certificate:
    """This function will issue a certificate for an approved window.

    Raises UnknownWindow, NoGate, UnknownAccount, UserKeyUnusable, NoAuthority or CertificateRefused.
    """
    require(actor, Role.TECHNICIAN)
    row = window_row(client, asked.window)
    gate = Gate.objects.by_ssh().filter(asset=row.asset).first()
    if gate is None:
        message = f"{row.asset.code} has no gate by SSH; set one up: groundrules gate setup-script"
        raise NoGate(message)
    account = account_on(gate, asked.account, at)
    window = row.to_core()
    terms = certificate_terms(
        window, account.to_core(), networks_of(row.vendor), at=at, zone=client.zone
    )
    return _sign(gate, window, terms, asked.public_key, actor=actor, at=at)


def account_on(gate: Gate, name: str, at: datetime) -> Account:
    """This function will return who holds an account on a host at an instant; raises UnknownAccount."""
    rows = Account.objects.filter(client=gate.asset.client, name=name).order_by("-pk")
    here = [row for row in rows if row.host_id in (None, gate.asset_id)]
    held = [r for r in here if (p := r.to_core().held) is None or p.contains(at)]
    if not held:
        message = (
            f"no account {name!r} is on record for {gate.asset.code}; add it to the vendor first"
        )
        raise UnknownAccount(message)
    return held[0]


def networks_of(vendor: Vendor | None) -> tuple[str, ...]:
    """This function will return the networks a vendor declared; our own people come from anywhere."""
    return ("0.0.0.0/0", "::/0") if vendor is None else tuple(vendor.networks)


def _sign(
    gate: Gate,
    window: CoreWindow,
    terms: CertificateTerms,
    public_key: str,
    *,
    actor: Actor,
    at: datetime,
) -> Certificate:
    key = read_user_key(public_key)
    with transaction.atomic():
        # Serial numbers are given one after the other: the authority's row is the turnstile.
        authority = CertificateAuthority.objects.select_for_update().get(pk=signing_authority().pk)
        serial = (Certificate.objects.aggregate(last=Max("serial"))["last"] or 0) + 1
        text = certify(authority, key, _said(serial, terms, gate))
        row = Certificate.objects.create(
            recorded_at=at,
            recorded_by=actor.label,
            client=gate.asset.client,
            gate=gate,
            authority=authority,
            serial=serial,
            window=window.id,
            account=terms.account,
            networks=list(terms.networks),
            valid_from=terms.valid_from,
            valid_to=terms.valid_to,
            public_key=" ".join(public_key.split()[:2]),
            text=text,
        )
        says = (
            f"certificate {serial} for {terms.account} on {gate.asset.code} in window {window.id}"
        )
        entry = audit.Entry("gate.issue", window.id, says, gate.asset.client)
        audit.record(entry, actor=actor, at=at)
    return row


def _said(serial: int, terms: CertificateTerms, gate: Gate) -> UserCertificate:
    until = int(terms.valid_to.timestamp())
    recording = " record" if gate.records_sessions else ""
    return UserCertificate(
        serial=serial,
        key_id=terms.window,
        principal=terms.principal,
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        networks=terms.networks,
        forced_command=f"{SESSION} {terms.window} {until}{recording}",
    )


def revoke(serial: int, *, reason: str, actor: Actor, at: datetime) -> CertificateRevoked:
    """This function will revoke a certificate before its time; hosts hear of it at the next turn of the worker.

    Raises UnknownCertificate or CertificateAlreadyRevoked.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        row = Certificate.objects.select_related("client").filter(serial=serial).first()
        if row is None:
            message = f"there is no certificate {serial}; groundrules gate list shows them"
            raise UnknownCertificate(message)
        if CertificateRevoked.objects.filter(certificate=row).exists():
            message = f"certificate {serial} was revoked before"
            raise CertificateAlreadyRevoked(message)
        revoked = CertificateRevoked.objects.create(
            recorded_at=at, recorded_by=actor.label, certificate=row, reason=reason
        )
        entry = audit.Entry(
            "gate.revoke", row.window, f"certificate {serial}: {reason}", row.client
        )
        audit.record(entry, actor=actor, at=at)
    return revoked
