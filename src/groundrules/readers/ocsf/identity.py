"""Who an event names: the actor's user and session; the program beside it when that user is a service."""

from __future__ import annotations

from groundrules.core.evidence import Actor
from groundrules.readers.documents import Row, inner, said
from groundrules.readers.evtx.identity import account_name, is_service_identity

SERVICE_NAMES = frozenset({"system", "local service", "network service", "root", ""})
UNSET = frozenset({"4294967295", "-1"})


def account_of(user: Row) -> str:
    r"""This function will write a user as `DOMAIN\name`, or the name alone."""
    return account_name(said(user, "domain"), said(user, "name", "email_addr"))


def actor_of(fields: Row, *, verbatim: bool) -> Actor:
    """This function will return who the event says did it.

    `verbatim` keeps the program as it was exported; otherwise it is named only where no person's login is.
    """
    user = inner(fields, "actor.user")
    account, uid = account_of(user), said(user, "uid")
    program = said(fields, "actor.process.name", "actor.process.file.path", "actor.app_name")
    is_tool = is_service_identity(uid) or uid in UNSET or account.casefold() in SERVICE_NAMES
    return Actor(
        account=account,
        identifier=uid,
        session_key=said(fields, "actor.session.uid"),
        process=program if verbatim or is_tool else "",
    )
