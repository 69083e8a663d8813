"""Signing in by the installation's single sign-on service (OpenID Connect).

Nobody becomes a user by it: an owner lets people in here first. The first time, a user is found by the address the
service verified; from then on by what the service calls them for good, so that an address handed on opens nothing.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from groundrules.gateways.single_sign_on import Round, SignOnFailed, SignOnService, SignOnTold
from groundrules.records.models import User
from groundrules.records.sign_in import OutsideIdentity
from groundrules.services import audit
from groundrules.services.actor import Actor

__all__ = ["Round", "SignOnFailed", "begin", "finish", "service"]

_BYTES = 32


def service() -> SignOnService | None:
    """This function will return the service the settings name, if they name one."""
    if not settings.GROUNDRULES_OIDC_ISSUER:
        return None
    return SignOnService(
        settings.GROUNDRULES_OIDC_ISSUER,
        settings.GROUNDRULES_OIDC_CLIENT_ID,
        settings.GROUNDRULES_OIDC_CLIENT_SECRET,
    )


def begin(back: str) -> tuple[Round, str]:
    """This function will return a way there and back, and where the browser is sent; raises SignOnFailed."""
    state, nonce, verifier = (secrets.token_urlsafe(_BYTES) for _ in range(3))
    way = Round(state, nonce, verifier, back)
    return way, _service().address_for(way)


def finish(code: str, way: Round, *, at: datetime) -> User:
    """This function will return the user the service vouches for; raises SignOnFailed when that is nobody here."""
    return _known(_service().redeem(code, way), at)


def _known(told: SignOnTold, at: datetime) -> User:
    issuer = settings.GROUNDRULES_OIDC_ISSUER
    identities = OutsideIdentity.objects.select_related("user")
    row = identities.filter(issuer=issuer, subject=told.subject).first()
    user = row.user if row is not None else _linked(told, issuer, at)
    if not user.is_active:
        message = f"{user.email} may no longer sign in here; ask an owner"
        raise SignOnFailed(message)
    return user


def _linked(told: SignOnTold, issuer: str, at: datetime) -> User:
    user = User.objects.filter(email=told.email).first() if told.email else None
    if user is None or not told.email_verified:
        why = "is no user here" if told.email_verified else "was not verified by the service"
        message = f"{told.email or 'whoever you are there'} {why}; an owner lets people in"
        raise SignOnFailed(message)
    if OutsideIdentity.objects.filter(user=user, issuer=issuer).exists():
        message = f"{told.email} belongs to somebody else at the service by now; ask an owner"
        raise SignOnFailed(message)
    try:
        with transaction.atomic():
            OutsideIdentity.objects.create(
                user=user, issuer=issuer, subject=told.subject, linked_at=at
            )
            says = f"{user.email} is {told.subject} at {issuer}"
            entry = audit.Entry("single_sign_on.link", user.email, says)
            audit.record(entry, actor=Actor.of(user), at=at)
    except IntegrityError as error:
        message = "somebody signed in the same way at this moment; try again"
        raise SignOnFailed(message) from error
    return user


def _service() -> SignOnService:
    found = service()
    if found is None:
        message = "no single sign-on service is set; sign in another way"
        raise SignOnFailed(message)
    return found
