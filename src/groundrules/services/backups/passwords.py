"""Passwords of repositories, kept sealed here where they lie in no file of this machine.

They are sealed by the key that seals all such secrets (`groundrules keys` encrypts it): whoever has the database, or a
backup of it, opens none. Nothing of a password is ever in a book, a log or an entry of the audit.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from groundrules.core.backups import BackupPolicy
from groundrules.gateways.key_files import KeyMissing, KeyUnusable
from groundrules.gateways.repositories import RepositoryUnusable
from groundrules.records.models import Asset, RepositoryPassword
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.backups.policies import policy_called
from groundrules.services.storage import secret_sealer

_LONGEST = 4_096


class PasswordRefused(ValueError):
    """What was given is no password a repository can have; the message says what to give."""


def keep_password(
    asset: Asset, name: str, password: str, *, actor: Actor, at: datetime
) -> RepositoryPassword:
    """This function will seal the password of a backup's repository, in place of the one before. Owners only.

    A line's end is left away, as restic does with a password's file. Raises PolicyUnknown, PasswordRefused, NotAllowed
    and KeyUnusable.
    """
    require(actor)
    policy = policy_called(asset, name)
    secret = password.rstrip("\r\n")
    if not secret or len(secret) > _LONGEST or "\n" in secret or "\0" in secret:
        message = f"give the password on one line of 1 to {_LONGEST} characters"
        raise PasswordRefused(message)
    sealed = secret_sealer().seal(secret.encode(), _whose(asset, policy.name))
    with transaction.atomic():
        row, _ = RepositoryPassword.objects.update_or_create(
            asset=asset,
            name=policy.name,
            defaults={"sealed": sealed, "kept_at": at, "kept_by": actor.label},
        )
        _note(
            "backups.keep_password",
            asset,
            f"the password of {policy.name} is kept sealed",
            actor,
            at,
        )
    return row


def forget_password(asset: Asset, name: str, *, actor: Actor, at: datetime) -> bool:
    """This function will forget a sealed password, and say whether there was one. Owners only."""
    require(actor)
    with transaction.atomic():
        gone, _ = RepositoryPassword.objects.filter(asset=asset, name=name).delete()
        if gone:
            _note(
                "backups.forget_password", asset, f"the password of {name} is forgotten", actor, at
            )
    return bool(gone)


def password_of(policy: BackupPolicy, asset: Asset) -> str:
    """This function will open a sealed password; empty where none is kept. Raises RepositoryUnusable."""
    row = RepositoryPassword.objects.filter(asset=asset, name=policy.name).first()
    if row is None:
        return ""
    try:
        return secret_sealer().open(row.sealed, _whose(asset, policy.name)).decode()
    except (KeyMissing, KeyUnusable) as shut:
        message = f"the password of {policy.name} of {asset.code} does not open: {shut}"
        raise RepositoryUnusable(message) from shut


def is_openable_here(policy: BackupPolicy, asset: Asset) -> bool:
    """This function will say whether a password is kept, and the key it is sealed with lies on this machine."""
    kept = RepositoryPassword.objects.filter(asset=asset, name=policy.name)
    return secret_sealer().path.is_file() and kept.exists()


def _whose(asset: Asset, name: str) -> str:
    return f"repository {asset.client.code}/{asset.code}/{name}"


def _note(verb: str, asset: Asset, what: str, actor: Actor, at: datetime) -> None:
    entry = audit.Entry(verb, asset.code, f"{asset.code}: {what}", asset.client)
    audit.record(entry, actor=actor, at=at)
