"""Logins told as events: a logon begins one, a logoff with the same session number ends the one that is open."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from groundrules.core.evidence import Actor, Citation, Session, SessionKind
from groundrules.core.ids import AssetId, SessionId
from groundrules.readers.documents import Row, inner, iso, said
from groundrules.readers.evtx.claims import reference
from groundrules.readers.evtx.identity import remote_address
from groundrules.readers.ocsf import classes
from groundrules.readers.ocsf.identity import account_of

SESSION_KINDS = {kind.value: kind for kind in SessionKind}


@dataclass(slots=True)
class Logins:
    """Every login of one reading by its session number, in the order they began."""

    asset: AssetId
    by_number: dict[str, list[Session]] = field(default_factory=dict)

    def take(self, activity: int, at: datetime, fields: Row, cited: Citation) -> bool:
        """This function will begin or end a login; False for activities that are neither."""
        ours = inner(fields, "unmapped.evidence")
        number = said(ours, "session") or said(fields, "session.uid")
        if activity == classes.LOGON:
            begun = _begun(self.asset, number or cited.record, at, fields)
            self.by_number.setdefault(number or cited.record, []).append(
                replace(begun, citations=(cited,))
            )
        elif activity == classes.LOGOFF:
            self._end(number, at, fields, cited)
        return activity in {classes.LOGON, classes.LOGOFF}

    def sessions(self) -> list[Session]:
        """This function will return every login, ended where its end was told."""
        return [session for several in self.by_number.values() for session in several]

    def tied(self, actor: Actor, at: datetime) -> Actor:
        """This function will tie an actor's session number to the login of that number that was open then.

        Numbers are used again after a restart, so without such a login the number ties to nothing.
        """
        place = self._latest(actor.session_key, at)
        login = None if place is None else self.by_number[actor.session_key][place]
        is_open = login is not None and (login.ended is None or at <= login.ended)
        return replace(actor, session_key=login.key if login is not None and is_open else "")

    def _latest(self, number: str, at: datetime) -> int | None:
        """The last login of this number that began by then; those before it ended when the number was used again."""
        several = self.by_number.get(number, [])
        places = (place for place in reversed(range(len(several))) if several[place].started <= at)
        return next(places, None)

    def _end(self, number: str, at: datetime, fields: Row, cited: Citation) -> None:
        """A logoff whose logon is not in the evidence is counted and makes no login: its start is not known."""
        ended = iso(said(fields, "unmapped.evidence.ended")) or at
        place = self._latest(number, ended)
        if place is None:
            return
        session = self.by_number[number][place]
        if session.ended is None:
            cites = (*session.citations, cited)
            self.by_number[number][place] = replace(session, ended=ended, citations=cites)


def _begun(asset: AssetId, number: str, at: datetime, fields: Row) -> Session:
    user, ours = inner(fields, "user"), inner(fields, "unmapped.evidence")
    host = said(fields, "device.hostname") or asset
    started = iso(said(ours, "started")) or at
    key = said(ours, "session_key") if ours else f"{host}|ocsf {number}|{started.isoformat()}"
    address = remote_address(said(fields, "src_endpoint.ip"))
    return Session(
        id=SessionId(said(ours, "session") or reference("SES", asset, key)),
        asset=asset,
        account=said(ours, "account") or account_of(user),
        started=started,
        ended=None,
        kind=_kind(fields, ours),
        identifier=said(user, "uid"),
        source_address=said(ours, "source_address") or address,
        key=key,
        credential=said(ours, "credential"),
    )


def _kind(fields: Row, ours: Row) -> SessionKind:
    told = SESSION_KINDS.get(said(ours, "kind"))
    number = said(fields, "logon_type_id")
    by_type = classes.LOGON_TYPES.get(int(number[:4])) if number.isdecimal() else None
    if told or by_type:
        return told or by_type or SessionKind.UNKNOWN
    is_remote = said(fields, "is_remote", "session.is_remote") == "true"
    return SessionKind.REMOTE if is_remote else SessionKind.UNKNOWN
