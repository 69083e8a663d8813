"""Logins put together from single records: a start here, an end there, and the words for how they came about."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from groundrules.core.evidence import Citation, Session, SessionKind
from groundrules.core.ids import AssetId, SessionId


@dataclass(slots=True)
class OpenLogin:
    """A login whose end may still come; `place` is what opened it (`sshd:1234`, `pts/0:1234`, `ses 7:1234`)."""

    asset: AssetId
    host: str
    place: str
    account: str
    started: datetime
    kind: SessionKind
    citations: list[Citation] = field(default_factory=list)
    ended: datetime | None = None
    identifier: str = ""
    source_address: str = ""
    port: str = ""
    credential: str = ""
    key: str = ""

    def session(self) -> Session:
        """This function will freeze the login; its id stays the same when the same record is collected again."""
        own = f"{self.asset}|{self.place}|{self.started.isoformat()}"
        return Session(
            id=SessionId(own),
            asset=self.asset,
            account=self.account,
            started=self.started,
            ended=self.ended,
            kind=self.kind,
            identifier=self.identifier,
            source_address=self.source_address,
            key=self.key or f"{self.host or self.asset}|{self.place}|{self.started.isoformat()}",
            citations=tuple(self.citations),
            credential=self.credential,
        )


def exact_key(host: str, boot: str, session: str) -> str:
    """This function will return the key that ties a record to a login exactly: `host|boot|ses`; empty when unknown."""
    return f"{host}|{boot}|{session}" if boot and session else ""
