"""Which windows a Windows host's gate has to do with, for which accounts, and how each stands there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from groundrules.core.vendors import AccessWindow as CoreWindow
from groundrules.core.vendors.actions import ActionUnsayable, check_names, check_window
from groundrules.core.vendors.gate import (
    CertificateRefused,
    GateAttempt,
    GatedWindow,
    GateRule,
    GateStep,
    against_access,
    gate_answer,
)
from groundrules.records.models import AccessRequest, AccessWindow, Gate, GateAction, GateStepTaken
from groundrules.services.gate.certificates import UnknownAccount, account_on
from groundrules.services.gate.standing import Standing


def action_standings(gate: Gate, rule: GateRule, at: datetime) -> tuple[Standing, ...]:
    """This function will return every window of a Windows host that may open, is open or is not surely closed."""
    found = []
    for row in _unsettled(gate, at):
        window = row.to_core()
        for account in accounts_of(gate, row, window, at):
            gated = GatedWindow(window, account, _attempts(gate, window, account))
            found.append(Standing(gate, gated, gate_answer(gated, rule, at)))
    return tuple(sorted(found, key=lambda s: s.answer.due is not GateStep.CLOSE))


def check_account(row: AccessWindow, at: datetime) -> str:
    """This function will name the account a window opens on a Windows host.

    Raises UnknownAccount or CertificateRefused, before anybody is told that it will open.
    """
    gate = Gate.objects.select_related("asset", "action_host").get(asset=row.asset)
    window = row.to_core()
    named = _named(row, window)
    if not named:
        message = (
            f"it is not known which account {row.ref} is for on {row.asset.code}; give the person one on the vendor's "
            "card and mail a new link"
        )
        raise UnknownAccount(message)
    for name in named:
        _check_sayable(gate, row.ref, name)
        account = account_on(gate, name, at).to_core()
        against = against_access(window, account, at=at, zone=row.client.zone)
        if against:
            message = f"no access for {name} in window {row.ref}: {against}"
            raise CertificateRefused(message)
    return ", ".join(named)


def _check_sayable(gate: Gate, window: str, account: str) -> None:
    try:
        check_names(gate.asset.code, account, tuple(gate.action_host.groups))
        check_window(window)
    except ActionUnsayable as problem:
        message = f"no access for {account} in window {window}: {problem}"
        raise CertificateRefused(message) from problem


def accounts_of(gate: Gate, row: AccessWindow, window: CoreWindow, at: datetime) -> tuple[str, ...]:
    """This function will list the accounts a window opens, and those it did open, which must be closed whatever is said
    of them now.
    """
    given = GateAction.objects.filter(gate=gate, window=row.ref).values_list("account", flat=True)
    opened = set(given)
    start = max(at, window.period.start)
    good = {name for name in _named(row, window) if _is_good(gate, name, window, start)}
    return tuple(sorted(opened | good))


def _is_good(gate: Gate, name: str, window: CoreWindow, at: datetime) -> bool:
    try:
        account = account_on(gate, name, at).to_core()
    except UnknownAccount:
        return False
    return not against_access(window, account, at=at, zone=gate.asset.client.zone)


def _named(row: AccessWindow, window: CoreWindow) -> tuple[str, ...]:
    if window.accounts:
        return tuple(sorted(window.accounts))
    asked = AccessRequest.objects.filter(client=row.client, window=row.ref).first()
    return (asked.link.account,) if asked and asked.link.account else ()


def _unsettled(gate: Gate, at: datetime) -> QuerySet[AccessWindow]:
    """Windows to come or running, and those whose last step, or last action without an answer, is no sure closing."""
    steps = GateStepTaken.objects.filter(
        gate=gate, window=OuterRef("window"), account=OuterRef("account")
    )
    last = steps.order_by("-pk")
    unsure = (
        GateAction.objects.filter(gate=gate)
        .annotate(
            last_step=Subquery(last.values("step")[:1]), last_done=Subquery(last.values("done")[:1])
        )
        .filter(Q(last_step__isnull=True) | Q(last_step="open") | Q(last_done=False))
    )
    rows = AccessWindow.objects.current().filter(asset=gate.asset, vendor__isnull=False)
    due = Q(ends_at__gt=at) | Q(ref__in=unsure.values("window"))
    return rows.filter(due).select_related("client", "asset", "vendor").order_by("starts_at", "pk")


def _attempts(gate: Gate, window: CoreWindow, account: str) -> tuple[GateAttempt, ...]:
    """Every answered step; and an action without an answer counts as tried and not done: the host may have done it."""
    same = {"gate": gate, "window": window.id, "account": account}
    steps = GateStepTaken.objects.filter(**same).order_by("pk")
    silent = GateAction.objects.filter(**same, answer__isnull=True).order_by("pk")
    tried: Iterable[GateAttempt] = (
        GateAttempt(GateStep(one.step), one.recorded_at, done=False, until=one.until)
        for one in silent
    )
    return tuple(sorted((*(row.to_core() for row in steps), *tried), key=lambda a: a.at))
