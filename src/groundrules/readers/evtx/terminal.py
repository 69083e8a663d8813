"""Terminal Services sessions (LocalSessionManager). A disconnect is not a logoff, and 1149 is only a network check."""

from __future__ import annotations

from datetime import timedelta

from groundrules.core.evidence import SessionKind
from groundrules.readers.evtx.claims import Claims, Login
from groundrules.readers.evtx.identity import remote_address
from groundrules.readers.evtx.records import Record

# The Security log writes the same login a little earlier.
SAME_LOGIN = timedelta(seconds=60)
AT_A_SCREEN = frozenset({SessionKind.REMOTE, SessionKind.CONSOLE})


def session_began(record: Record, claims: Claims) -> None:
    """This function will open a session (21): account, session number and where it came from."""
    place = _place(record, claims)
    address = remote_address(record.value("Address"))
    kind = SessionKind.REMOTE if address else SessionKind.CONSOLE
    key = f"{place}@{record.at:%Y%m%dT%H%M%S.%fZ}"
    login = Login(
        key, record.value("User"), record.at, kind, "", address, citations=[claims.cite(record)]
    )
    claims.terminal[place] = login
    claims.terminal_seen.append(login)


def session_touched(record: Record, claims: Claims) -> None:
    """This function will add a reconnect (25) or disconnect (24, 39, 40) to its session without ending it."""
    login = claims.terminal.get(_place(record, claims))
    if login is None:
        return
    login.address = login.address or remote_address(record.value("Address"))
    login.citations.append(claims.cite(record))


def session_ended(record: Record, claims: Claims) -> None:
    """This function will end a session at its logoff (23)."""
    login = claims.terminal.pop(_place(record, claims), None)
    if login is None:
        return
    login.ended = record.at
    login.citations.append(claims.cite(record))


def _place(record: Record, claims: Claims) -> str:
    """This function will name the place of a terminal session: host, boot, session number."""
    number = record.value("SessionID") or record.value("Session")
    return f"{record.place.host_key}|{claims.boot_of(record)}|terminal {number}"


def unmatched_sessions(claims: Claims) -> list[Login]:
    """This function will return terminal sessions the Security log does not show; the others join their login there."""
    return [login for login in claims.terminal_seen if not _joined(login, claims)]


def _joined(login: Login, claims: Claims) -> bool:
    """This function will join a terminal session to the logon of the same account at the same time, if there is one."""
    for logon in claims.logins.values():
        same_account = logon.account.casefold() == login.account.casefold()
        if (
            same_account
            and logon.kind in AT_A_SCREEN
            and abs(logon.started - login.started) <= SAME_LOGIN
        ):
            logon.address = logon.address or login.address
            logon.ended = logon.ended or login.ended
            logon.citations.extend(login.citations)
            return True
    return False
