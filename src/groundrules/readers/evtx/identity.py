"""Who a record names: a person's account, or a service identity that is a tool and never a person."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from groundrules.core.evidence import Actor
from groundrules.readers.evtx.records import Record

SERVICE_SIDS = {
    "S-1-5-18": "NT AUTHORITY\\SYSTEM",
    "S-1-5-19": "NT AUTHORITY\\LOCAL SERVICE",
    "S-1-5-20": "NT AUTHORITY\\NETWORK SERVICE",
}
# Virtual accounts: services, application pools, virtual machines, window manager, font driver host.
SERVICE_SID_FAMILIES = ("S-1-5-80-", "S-1-5-82-", "S-1-5-83-", "S-1-5-90-", "S-1-5-96-")


def is_service_identity(sid: str) -> bool:
    """This function will say whether a SID belongs to the system or a service."""
    return sid in SERVICE_SIDS or sid.startswith(SERVICE_SID_FAMILIES)


def account_name(domain: str, name: str) -> str:
    r"""This function will write an account as `DOMAIN\name`, or the name alone."""
    return f"{domain}\\{name}" if domain and name else name


def subject_of(record: Record, session_key: str) -> Actor:
    """This function will return the account in the record's Subject fields, tied to its login by `session_key`."""
    sid = record.value("SubjectUserSid")
    account = account_name(record.value("SubjectDomainName"), record.value("SubjectUserName"))
    return Actor(account, sid, session_key, _tool(sid, record.value("ProcessName")))


def writer_of(record: Record, tool: str = "") -> Actor:
    """This function will return the account the record was written under; `tool` is named when that is a service."""
    return _writer(record.sid, tool)


@lru_cache(maxsize=256)
def _writer(sid: str, tool: str) -> Actor:
    """This function will make the actor of an account; a log is written under few of them."""
    return Actor(SERVICE_SIDS.get(sid, ""), sid, "", _tool(sid, tool))


def _tool(sid: str, program: str) -> str:
    """This function will name the program behind a service identity; empty for a person."""
    if not is_service_identity(sid):
        return ""
    return program or SERVICE_SIDS.get(sid, sid).rpartition("\\")[2]


@lru_cache(maxsize=1024)
def remote_address(written: str) -> str:
    """This function will return a network address of another machine; empty for the console, loopback or words."""
    candidate = written.strip().removeprefix("::ffff:")
    try:
        address = ipaddress.ip_address(candidate)
    except ValueError:
        return ""
    return "" if address.is_loopback or address.is_unspecified else candidate
