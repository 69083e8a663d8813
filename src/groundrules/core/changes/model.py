"""The change itself, and how its reference is derived from what happened so that re-reading gives the same one."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

from groundrules.core.evidence import Action, Actor, Citation, ItemKind
from groundrules.core.ids import AssetId, ChangeId
from groundrules.core.periods import Interval

_VERBS = {Action.ADDED: "added", Action.REMOVED: "removed", Action.ALTERED: "changed"}
# How a kind is said aloud; kinds not listed (packages, patches) are called by their own name.
_SPOKEN = {
    ItemKind.SERVICE: "service {}",
    ItemKind.ACCOUNT: "account {}",
    ItemKind.PASSWORD: "{} password",
    ItemKind.GROUP: "group {}",
    ItemKind.PORT: "port {}",
    ItemKind.SCHEDULED_TASK: "scheduled task {}",
    ItemKind.MOUNT: "mount {}",
    ItemKind.DISK: "disk {}",
    ItemKind.DRIVER: "driver {}",
    ItemKind.AUDIT_POLICY: "audit policy {}",
    ItemKind.DATABASE_LOGIN: "database login {}",
    ItemKind.CERTIFICATE: "certificate {}",
    ItemKind.CONNECTION: "connection {}",
}
_REFERENCE_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different: kind, component, before, after, interval, who the record names, and its sources.

    `component` is the item key (`.NET Framework 2.0`, `sa`, `hello`). `run` names our own patch run, recovery or
    job that made it, when one recorded it. `snapshot_only` marks a change no log explained: it has an interval and
    no actor.
    """

    id: ChangeId
    asset: AssetId
    kind: ItemKind
    component: str
    action: Action
    interval: Interval
    before: str | None = None
    after: str | None = None
    actor: Actor = field(default_factory=Actor)
    citations: tuple[Citation, ...] = ()
    summary: str = ""
    snapshot_only: bool = False
    run: str = ""

    @property
    def sentence(self) -> str:
        """What happened in words: `.NET Framework 2.0 removed`, `sa password changed`."""
        return self.summary or self.plain

    @property
    def plain(self) -> str:
        """The same by kind, component and action alone, without the words of the log it was read from."""
        return f"{_SPOKEN.get(self.kind, '{}').format(self.component)} {_VERBS[self.action]}"


def change_id(
    asset: AssetId,
    kind: ItemKind,
    component: str | tuple[str, str],
    action: Action,
    interval: Interval,
) -> ChangeId:
    """This function will derive a change's reference (`CHG-` and 60 bits of SHA-256) from what happened.

    The raw record is left out on purpose: a log collected twice, or read again by a newer reader, holds the same
    event under another evidence id, and must not become a second change. Citations are kept on the change itself.
    `component` may carry the login beside the name, for the rare act two logins are recorded for at one instant.
    """
    name, login = component if isinstance(component, tuple) else (component, "")
    parts = (
        asset,
        kind.value,
        name,
        login,
        action.value,
        interval.not_before.isoformat(),
        interval.not_after.isoformat(),
    )
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return ChangeId(f"CHG-{base64.b32encode(digest).decode()[:_REFERENCE_LENGTH]}")
