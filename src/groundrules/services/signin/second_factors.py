"""Second factors: an app that shows six digits (TOTP, RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import transaction
from django.utils.crypto import constant_time_compare

from groundrules.records.models import User
from groundrules.records.sign_in import CodeApp, Passkey, RecoveryCode
from groundrules.services import audit
from groundrules.services.actor import Actor, NotAllowed, require
from groundrules.services.signin import demands, sign_ins, wrong_tries
from groundrules.services.signin.wrong_tries import Guess
from groundrules.services.storage import secret_sealer

_SECRET_BYTES = 20
_DIGITS = 6
_STEP = 30
# One half minute back and one ahead: clocks differ, and typing takes a while.
_DRIFT = (0, -1, 1)
_CODES = 10
_GROUPS = 4
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_ISSUER = "Groundrules"


class CodeRefused(ValueError):
    """The code is wrong, was used, or belongs to nothing that was set up."""


class LastFactor(ValueError):
    """The role demands a second factor, and this is the only one."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a new app is set up with: the address its picture holds, and the same secret to type."""

    address: str
    secret: str


def offer_app(user: User, *, actor: Actor, at: datetime) -> Offer:
    """This function will offer the user's own new code app; it counts when `confirm_app` was given a code of it.

    An offer that waits is shown again. Raises CodeRefused when one is set up already.
    """
    _own(user, actor)
    with transaction.atomic():
        row = CodeApp.objects.select_for_update().filter(user=user).first()
        if row is not None and row.confirmed_at is not None:
            message = "a code app is set up already; take it away first"
            raise CodeRefused(message)
        if row is None:
            sealed = secret_sealer().seal(secrets.token_bytes(_SECRET_BYTES), _whose(user))
            row = CodeApp.objects.create(user=user, sealed=sealed, added_at=at)
    app = _app(row)
    address = app.get_provisioning_uri(user.email, _ISSUER)
    return Offer(address, address.partition("secret=")[2].partition("&")[0])


def confirm_app(user: User, code: str, *, actor: Actor, at: datetime) -> tuple[str, ...]:
    """This function will take a new code app into use, and return recovery codes if it had none; raises CodeRefused."""
    _own(user, actor)
    with transaction.atomic():
        row = CodeApp.objects.select_for_update().filter(user=user, confirmed_at=None).first()
        step = _step_of(row, code, at) if row is not None else None
        if row is None or step is None:
            message = "this is not the code the app shows now; wait for the next one and type it"
            raise CodeRefused(message)
        row.confirmed_at, row.last_step = at, step
        row.save(update_fields=["confirmed_at", "last_step"])
        _say("second_factors.confirm_app", user, "set a code app up", actor, at)
        return codes_if_none(user, actor=actor, at=at)


def codes_if_none(user: User, *, actor: Actor, at: datetime) -> tuple[str, ...]:
    """This function will make recovery codes for somebody who has none left."""
    if RecoveryCode.objects.filter(user=user, used_at=None).exists():
        return ()
    return make_codes(user, actor=actor, at=at)


def make_codes(user: User, *, actor: Actor, at: datetime) -> tuple[str, ...]:
    """This function will make ten recovery codes of one's own, shown once; earlier ones open nothing any more."""
    _own(user, actor)
    codes = tuple(_new_code() for _ in range(_CODES))
    with transaction.atomic():
        RecoveryCode.objects.filter(user=user).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(user=user, code_digest=_digest(user, code), made_at=at) for code in codes
        )
        _say("second_factors.make_codes", user, f"has {_CODES} new recovery codes", actor, at)
    return codes


def use_code(user: User, code: str, *, address: str, at: datetime) -> str:
    """This function will use a code of the app, or a recovery code, and say which of them.

    Raises CodeRefused or TooManyTries.
    """
    guess = Guess("code", str(user.pk), address)
    wrong_tries.refuse_when_many(guess, at)
    typed = "".join(code.split()).replace("-", "").lower()
    with transaction.atomic():
        used = _use_app(user, typed, at) or _use_recovery(user, typed, at)
    if not used:
        wrong_tries.note(guess, at)
        message = "This code is not right, or was used. Wait for the app's next one, or type a recovery code."
        raise CodeRefused(message)
    wrong_tries.forget(guess)
    return used


def remove_app(user: User, *, actor: Actor, at: datetime) -> None:
    """This function will take one's own code app away; raises LastFactor where the role demands one."""
    _own(user, actor)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        keep_one(locked, Passkey.objects.filter(user=user).exists())
        gone, _ = CodeApp.objects.filter(user=user).delete()
        if gone:
            _say("second_factors.remove_app", user, "took the code app away", actor, at)


def keep_one(user: User, another: bool) -> None:  # noqa: FBT001 - whether another factor stays
    """This function will refuse with LastFactor when a role's demand would no longer be met."""
    if not another and demands.is_demanded_of(user):
        message = f"the role {user.role} needs a second factor; set another one up first"
        raise LastFactor(message)


def reset(user: User, reason: str, *, actor: Actor, at: datetime) -> None:
    """This function will take all second factors of somebody who lost them away, and end their sign-ins. Owners only.

    Raises NotAllowed without a reason: it is what somebody who impersonates them asks for.
    """
    require(actor)
    if not reason.strip():
        message = "say how you know that it is really them who asks; the audit book keeps it"
        raise NotAllowed(message)
    with transaction.atomic():
        before = {
            "code_app": CodeApp.objects.filter(user=user).delete()[0],
            "passkeys": Passkey.objects.filter(user=user).delete()[0],
            "recovery_codes": RecoveryCode.objects.filter(user=user).delete()[0],
        }
        sign_ins.end(user.sign_ins.all(), "second factors reset", actor=actor, at=at)
        says = f"second factors of {user.email} taken away: {reason.strip()}"
        details = {"before": before, "after": dict.fromkeys(before, 0), "reason": reason.strip()}
        entry = audit.Entry("second_factors.reset", user.email, says, details=details)
        audit.record(entry, actor=actor, at=at)


def _use_app(user: User, typed: str, at: datetime) -> str:
    row = CodeApp.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
    step = _step_of(row, typed, at) if row is not None else None
    if row is None or step is None:
        return ""
    row.last_step = step
    row.save(update_fields=["last_step"])
    return "code app"


def _use_recovery(user: User, typed: str, at: datetime) -> str:
    row = RecoveryCode.objects.select_for_update().filter(
        user=user, code_digest=_digest(user, typed), used_at=None
    )
    used = row.first()
    if used is None:
        return ""
    used.used_at = at
    used.save(update_fields=["used_at"])
    left = RecoveryCode.objects.filter(user=user, used_at=None).count()
    words = f"used a recovery code; {left} are left"
    _say("second_factors.use_recovery_code", user, words, Actor.of(user), at)
    return "recovery code"


def _step_of(row: CodeApp, typed: str, at: datetime) -> int | None:
    """The half minute a code belongs to, unless that one, or a later one, was used already."""
    app, now = _app(row), int(at.timestamp())
    for drift in _DRIFT:
        moment = now + drift * _STEP
        good = constant_time_compare(app.generate(moment).decode(), "".join(typed.split()))
        if good and moment // _STEP > row.last_step:
            return moment // _STEP
    return None


def _app(row: CodeApp) -> TOTP:
    secret = secret_sealer().open(row.sealed, _whose(row.user))
    return TOTP(secret, _DIGITS, SHA1(), _STEP)  # noqa: S303 - what every app speaks; an HMAC is not a signature


def _whose(user: User) -> str:
    return f"code app of user {user.pk}"


def _new_code() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUPS)) for _ in range(_GROUPS))
    return "-".join(groups)


def _digest(user: User, code: str) -> str:
    return hashlib.sha256(f"{user.pk}:{code.replace('-', '')}".encode()).hexdigest()


def _own(user: User, actor: Actor) -> None:
    if actor.label != user.email or actor.token:
        message = f"{actor.signature} sets nothing up for {user.email}; they do it themselves"
        raise NotAllowed(message)


def _say(verb: str, user: User, words: str, actor: Actor, at: datetime) -> None:
    entry = audit.Entry(verb, user.email, f"{user.email} {words}")
    audit.record(entry, actor=actor, at=at)
