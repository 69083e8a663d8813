"""Whose a login was that an SSH certificate proved: the window, or the run of our own, in its key id says whose.

The gate issues a certificate for one approved window of one vendor and writes the window into the key id, which sshd
logs. So even a login on an account that several use is one vendor's. A certificate of one vendor on an account of
another is a contradiction and names nobody. A certificate of our own work names the run, or the shell, it was made for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from groundrules.core.attribution.context import said
from groundrules.core.attribution.identity import Owner
from groundrules.core.evidence import Session
from groundrules.core.parties import Party, PartyKind, Vendor
from groundrules.core.periods import utc
from groundrules.core.vendors import AccessWindow
from groundrules.core.work import OwnRun

_KEY_ID = re.compile(r"-CERT \S+ ID (?P<key>.+) \(serial (?P<serial>\d+)\) CA ")


def certificate_of(session: Session) -> tuple[str, str]:
    """This function will return the key id and serial of the certificate a login was proven by, or two empty texts."""
    found = _KEY_ID.search(session.credential)
    return (found["key"], found["serial"]) if found else ("", "")


def certified(
    owner: Owner, session: Session, windows: Iterable[AccessWindow], vendors: Iterable[Vendor]
) -> Owner:
    """This function will return whose a login was, with its certificate counted where a window issued it."""
    key, serial = certificate_of(session)
    if not key:
        return owner
    window = next((w for w in windows if w.id == key and w.asset == session.asset), None)
    if window is None or window.vendor is None:
        return owner
    name = next((v.name for v in vendors if v.id == window.vendor), "")
    holder = Party(PartyKind.VENDOR, window.vendor, name)
    if owner.party is not None and (owner.party.kind, owner.party.id) != (holder.kind, holder.id):
        says = (
            f"The certificate {serial} was issued to {said(holder)} and account {owner.login.shown} to "
            f"{said(owner.party)}, so neither is named."
        )
        return replace(owner, party=None, sentence=says, window=window.id)
    says = f"The login was proven by certificate {serial}, issued to {said(holder)} for window {window.id}."
    return replace(owner, party=holder, sentence=says, shared=False, window=window.id)


def run_certified(session: Session, runs: Iterable[OwnRun], slack: timedelta) -> OwnRun | None:
    """This function will return the run of our own whose certificate opened a login, if one did.

    A run over several servers has one key id for all of them (`PAT-1.1` for the run `PAT-1.1.2`). A name alone ties
    nothing: the run must have been at work on that server when the login began.
    """
    key, _ = certificate_of(session)
    return next((run for run in runs if key and _issued(run, key, session, slack)), None)


def _issued(run: OwnRun, key: str, session: Session, slack: timedelta) -> bool:
    if run.asset != session.asset or key not in {run.id, run.id.rpartition(".")[0]}:
        return False
    began, end = utc(run.period.start) - slack, run.period.end
    return began <= session.started and (end is None or session.started <= utc(end) + slack)
