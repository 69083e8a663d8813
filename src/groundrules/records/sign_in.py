"""How users prove who they are, and the sign-ins that are open: cards, which come and go with an audit entry each.

A secret that must be read again (of a code app) lies here sealed; of what is only compared, only a digest is kept.
"""

from __future__ import annotations

from django.db import models

from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH
from groundrules.records.users import Role, User

_ADDRESS = 64
_HOW = 60
_BROWSER = 200
_KEY = 40
_ISSUER = 255


class CodeApp(models.Model):
    """An app that shows six digits each half minute (TOTP). It counts from `confirmed_at` on.

    `last_step` is the half minute of the last code that was used: no code opens twice.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="code_app")
    sealed = models.TextField()
    added_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"code app of {self.user}"


class RecoveryCode(models.Model):
    """A code that stands in once for a second factor that was lost."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"recovery code of {self.user}"


class Passkey(models.Model):
    """A key pair on somebody's telephone, computer or stick (WebAuthn); we keep the public half and its counter."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=REF_LENGTH)
    credential_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    credential = models.TextField()
    counter = models.BigIntegerField(default=0)
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class OutsideIdentity(models.Model):
    """Who a user is at the single sign-on service: its issuer and what it calls them for good."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="outside_identities")
    issuer = models.CharField(max_length=_ISSUER)
    subject = models.CharField(max_length=_ISSUER)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="outsideidentity_subject")
        ]

    def __str__(self) -> str:
        return f"{self.subject} at {self.issuer}"


class SignIn(models.Model):
    """A browser that is, or was, signed in. `strong` when more than a password or link was shown."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    key = models.CharField(max_length=_KEY, unique=True)
    how = models.CharField(max_length=_HOW)
    strong = models.BooleanField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=_ADDRESS)
    browser = models.CharField(max_length=_BROWSER)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=REF_LENGTH, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "started_at"], name="signin_of_user")]

    def __str__(self) -> str:
        return f"{self.user} by {self.how}"


class WrongTry(models.Model):
    """A password or code that was wrong, by digest of whose it should have been; old ones are swept away."""

    whose = models.CharField(max_length=DIGEST_LENGTH)
    address = models.CharField(max_length=_ADDRESS)
    tried_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["whose", "tried_at"], name="wrongtry_whose")]

    def __str__(self) -> str:
        return f"wrong at {self.tried_at}"


class SecondFactorDemand(models.Model):
    """A role whose users sign in with a passkey, a code app or single sign-on only; no row means no demand."""

    role = models.CharField(max_length=16, choices=Role.choices, unique=True)
    demanded_at = models.DateTimeField()
    demanded_by = models.CharField(max_length=REF_LENGTH)

    def __str__(self) -> str:
        return self.role
