"""Accounts, passwords and groups of the Security log. Of a password only the fact and the time are kept."""

from __future__ import annotations

from collections.abc import Callable

from groundrules.core.evidence import Action, ItemKind
from groundrules.readers.evtx.claims import Claims, Seen
from groundrules.readers.evtx.identity import account_name
from groundrules.readers.evtx.records import Record

# Values that stand for "not changed" or are no property of the account itself.
NOT_PROPERTIES = frozenset(
    {
        "Dummy",
        "ComputerAccountChange",
        "TargetUserName",
        "TargetDomainName",
        "TargetSid",
        "SubjectUserSid",
        "SubjectUserName",
        "SubjectDomainName",
        "SubjectLogonId",
        "PrivilegeList",
    }
)

Handler = Callable[[Record, Claims], None]


def _target(record: Record) -> str:
    """This function will name the account or group a record is about."""
    return account_name(record.value("TargetDomainName"), record.value("TargetUserName"))


def account_change(action: Action, says: str, after: str | None = None) -> Handler:
    """This function will make the handler of an account record that does one thing to the target account."""

    def keep(record: Record, claims: Claims) -> None:
        account = _target(record)
        seen = Seen(
            ItemKind.ACCOUNT, account, action, after=after, summary=f"account {account} {says}"
        )
        claims.observe(record, claims.subject(record), seen)

    return keep


def account_altered(record: Record, claims: Claims) -> None:
    """This function will keep which properties of an account changed (4738, 4742), by name and never by value."""
    account = _target(record)
    changed = sorted(
        name
        for name in record.fields
        if name not in NOT_PROPERTIES and record.value(name) not in {"", "%%1793"}
    )
    after = ", ".join(changed) or None
    summary = f"account {account} altered" + (f": {after}" if after else "")
    seen = Seen(ItemKind.ACCOUNT, account, Action.ALTERED, after=after, summary=summary)
    claims.observe(record, claims.subject(record), seen)


def account_renamed(record: Record, claims: Claims) -> None:
    """This function will keep the old and new name of an account (4781); Windows setup also writes it with one name."""
    domain = record.value("TargetDomainName")
    old = account_name(domain, record.value("OldTargetUserName"))
    new = account_name(domain, record.value("NewTargetUserName"))
    if old == new:
        return
    seen = Seen(ItemKind.ACCOUNT, old, Action.ALTERED, old, new, f"account {old} renamed to {new}")
    claims.observe(record, claims.subject(record), seen)


def password_change(says: str) -> Handler:
    """This function will make the handler of 4723 (changed by its owner) or 4724 (reset by another)."""

    def keep(record: Record, claims: Claims) -> None:
        account = _target(record)
        outcome = (
            f"attempt failed: password of {account} not {says}"
            if record.failed
            else f"password of {account} {says}"
        )
        claims.observe(
            record,
            claims.subject(record),
            Seen(ItemKind.PASSWORD, account, Action.ALTERED, summary=outcome),
        )

    return keep


def group_change(action: Action, says: str) -> Handler:
    """This function will make the handler of a group being created or deleted."""

    def keep(record: Record, claims: Claims) -> None:
        group = _target(record)
        claims.observe(
            record,
            claims.subject(record),
            Seen(ItemKind.GROUP, group, action, summary=f"group {group} {says}"),
        )

    return keep


def member_added(record: Record, claims: Claims) -> None:
    """This function will keep a member coming into a group (4728, 4732, 4756)."""
    group, member = _target(record), _member(record)
    summary = f"{member} added to group {group}"
    seen = Seen(ItemKind.GROUP, group, Action.ALTERED, after=member, summary=summary)
    claims.observe(record, claims.subject(record), seen)


def member_removed(record: Record, claims: Claims) -> None:
    """This function will keep a member leaving a group (4729, 4733, 4757)."""
    group, member = _target(record), _member(record)
    summary = f"{member} removed from group {group}"
    seen = Seen(ItemKind.GROUP, group, Action.ALTERED, before=member, summary=summary)
    claims.observe(record, claims.subject(record), seen)


def _member(record: Record) -> str:
    """This function will name a group member by distinguished name where given, else by SID."""
    return record.value("MemberName") or record.value("MemberSid")
