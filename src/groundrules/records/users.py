"""Users of the provider, with one role each, and links that sign in once."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH
from groundrules.records.parties import Technician


class Role(models.TextChoices):
    """What a user may do: owners everything, technicians work and evidence, accountants money; the others only read.

    Auditors read everything, observers what technicians read without a client's money.
    """

    OWNER = "owner"
    TECHNICIAN = "technician"
    ACCOUNTANT = "accountant"
    AUDITOR = "auditor"
    OBSERVER = "observer"


class UserFinder(BaseUserManager["User"]):
    """Finds users for Django's sign-in; making one is a service."""

    def get_by_natural_key(self, username: str | None) -> User:
        """This function will find a user by e-mail address, whatever its case."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """Someone who signs in. The password is kept by Argon2 only."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=REF_LENGTH)
    role = models.CharField(max_length=16, choices=Role.choices)
    technician = models.OneToOneField(
        Technician, null=True, blank=True, on_delete=models.PROTECT, related_name="user"
    )
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    objects: ClassVar[UserFinder] = UserFinder()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    role__in=["owner", "technician", "accountant", "auditor", "observer"]
                ),
                name="user_role",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def has_perm(self, perm: str, obj: Any = None) -> bool:  # noqa: ANN401, ARG002 - Django's question
        """This function will answer Django's own permission question: only owners, and only while active."""
        return self.is_active and self.role == Role.OWNER


class SignInLink(models.Model):
    """A link that signs one user in, once, before it expires. Only the token's digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_in_links")
    token_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="signinlink_period"
            )
        ]

    def __str__(self) -> str:
        return f"link for {self.user}"
