"""Who does something: a user with a role, or Groundrules itself; and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.records.models import Role, User


class NotAllowed(Exception):
    """The actor's role does not permit the verb. It is no OSError: nobody takes it for a file that can't be read."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `label` is written into the books beside everything they do.

    `token` is the name of the token a program of theirs acts with; the audit book writes it beside them.
    """

    label: str
    role: Role
    token: str = ""

    @classmethod
    def of(cls, user: User) -> Actor:
        """This function will return the actor a signed-in user is."""
        return cls(label=user.email, role=Role(user.role))

    @property
    def signature(self) -> str:
        """Who the audit book says it was: the label, and the token where a program acted."""
        return f"{self.label} (token {self.token})" if self.token else self.label


# What no person asked for one by one: reading evidence on arrival, answering again when facts came in.
ENGINE = Actor(label="groundrules", role=Role.TECHNICIAN)


def require(actor: Actor, *roles: Role) -> None:
    """This function will refuse with NotAllowed unless the actor is an owner or has one of the roles."""
    if actor.role not in {Role.OWNER, *roles}:
        allowed = " or ".join(sorted({Role.OWNER.value, *(role.value for role in roles)}))
        message = (
            f"{actor.label} is {actor.role.value}; this needs {allowed}. Ask an owner to do it."
        )
        raise NotAllowed(message)
