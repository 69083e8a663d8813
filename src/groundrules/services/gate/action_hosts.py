"""Windows hosts: set up to fetch signed actions, and given what is due there each time they call.

Nobody reaches such a host; it calls each minute, answers what it was told before, and is told what is due now. It
closes by itself at the end it was told, so a Groundrules that is gone leaves nothing open.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from groundrules.core.vendors.actions import (
    REMOTE_DESKTOP,
    ActionUnsayable,
    HostAction,
    action_text,
    check_names,
    not_enabled,
    signed_text,
    still_enabled,
)
from groundrules.core.vendors.gate import GateAttempt, GateRule, GateStep, HostSays, window_end
from groundrules.gateways.action_signing import ActionKey
from groundrules.records.models import (
    ActionHost,
    Asset,
    Gate,
    GateAction,
    GateActionAnswer,
    GateStepTaken,
)
from groundrules.services import audit
from groundrules.services.actor import ENGINE, Actor, require
from groundrules.services.gate.action_windows import action_standings
from groundrules.services.gate.hosts import NoAccounts, OtherGate, vendor_accounts
from groundrules.services.gate.standing import Standing
from groundrules.services.storage import keys_password, keys_place

_TOKEN_BYTES = 32
# A closing that comes late is still right; one that was kept for days is refused.
_CLOSE_GOOD_FOR = timedelta(days=1)
_ANSWERS = 100


class HostNotKnown(LookupError):
    """No Windows host has that token: it is wrong, or was replaced by a newer one."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a host says of one action: its number, the facts it read back afterwards, and why it refused, if it did."""

    sequence: int
    facts: Mapping[str, str]
    refused: str = ""


def action_key() -> ActionKey:
    """This function will return the key that signs actions."""
    return ActionKey(keys_place() / "actions", keys_password())


def add_windows_host(
    asset: Asset, groups: tuple[str, ...] = (), *, actor: Actor, at: datetime
) -> tuple[Gate, str]:
    """This function will give a Windows host its gate and return the settings file for it; owners only.

    The file holds the host's token, which is shown this once; doing it again makes a new one and ends the old one's.
    Raises NoAccounts, OtherGate or ActionUnsayable.
    """
    require(actor)
    wanted = tuple(dict.fromkeys(groups)) or (REMOTE_DESKTOP,)
    accounts = vendor_accounts(asset)
    if not accounts:
        message = f"no vendor's account is on record for {asset.code}; add it to the vendor first"
        raise NoAccounts(message)
    for account in accounts:
        check_names(asset.code, account, wanted)
    key, token = action_key(), secrets.token_urlsafe(_TOKEN_BYTES)
    key.make()
    public = key.public()
    with transaction.atomic():
        if Gate.objects.by_ssh().filter(asset=asset).exists():
            message = f"{asset.code} has a gate by SSH; a host has one gate"
            raise OtherGate(message)
        gate, _ = Gate.objects.update_or_create(
            asset=asset,
            defaults={"trust_digest": _digest(public)},
            create_defaults={"trust_digest": _digest(public), "added_at": at},
        )
        fields = {"token_digest": _digest(token), "groups": list(wanted)}
        ActionHost.objects.update_or_create(gate=gate, defaults=fields)
        says = f"{asset.code} fetches signed actions for {', '.join(accounts)}; groups {', '.join(wanted)}"
        audit.record(
            audit.Entry("gate.windows_host", asset.code, says, asset.client), actor=actor, at=at
        )
    told = {
        "server": settings.GROUNDRULES_PUBLIC_URL,
        "host": asset.code,
        "token": token,
        "key": public,
        "accounts": list(accounts),
        "groups": list(wanted),
    }
    return gate, json.dumps(told, indent=2) + "\n"


def turn(token: str, answers: tuple[Told, ...], *, at: datetime) -> tuple[str, ...]:
    """This function will take what a host answers and return the signed actions that are due there now.

    Raises HostNotKnown, KeyMissing or KeyUnusable. What is asked for is a new action each time: a host takes each
    number once, and doing the same again changes nothing.
    """
    with transaction.atomic():
        host = (
            ActionHost.objects.select_for_update(of=("self",))
            .select_related("gate__asset__client")
            .filter(token_digest=_digest(token))
            .first()
        )
        if host is None:
            message = (
                "no Windows host has this token; set it up again: groundrules gate add-windows-host"
            )
            raise HostNotKnown(message)
        host.heard_at = at
        host.save(update_fields=["heard_at"])
        for told in answers[:_ANSWERS]:
            _take(host.gate, told, at)
        due = [s for s in action_standings(host.gate, GateRule(), at) if s.answer.is_due(at)]
        return tuple(text for standing in due if (text := _give(host, standing, at)))


def _take(gate: Gate, told: Told, at: datetime) -> None:
    """An answer is taken once; one to an action nobody gave is none."""
    action = GateAction.objects.filter(gate=gate, sequence=told.sequence).first()
    if action is None or GateActionAnswer.objects.filter(action=action).exists():
        return
    GateActionAnswer.objects.create(
        recorded_at=at,
        recorded_by=ENGINE.label,
        action=action,
        facts=dict(told.facts),
        refused=told.refused,
    )
    judge = not_enabled if action.step == GateStep.OPEN else still_enabled
    problems = (told.refused,) if told.refused else judge(HostSays(told.facts))
    tried = GateAttempt(GateStep(action.step), at, done=not problems, until=action.until)
    _write(gate, (action.window, action.account), replace(tried, says="; ".join(problems)))


def _write(gate: Gate, about: tuple[str, str], tried: GateAttempt) -> None:
    window, account = about
    row = GateStepTaken.objects.create(
        recorded_at=tried.at,
        recorded_by=ENGINE.label,
        gate=gate,
        window=window,
        account=account,
        step=tried.step.value,
        done=tried.done,
        until=tried.until,
        says=tried.says,
    )
    how = "done" if row.done else f"not done: {row.says}"
    says = f"{row.step} {row.window} for {row.account} on {gate.asset.code} {how}"
    entry = audit.Entry(f"gate.{row.step}", row.window, says, gate.asset.client)
    audit.record(entry, actor=ENGINE, at=tried.at)


def _give(host: ActionHost, standing: Standing, at: datetime) -> str:
    """The signed action that is due; empty for a window whose names no action can carry, which is written down."""
    gated, gate = standing.gated, host.gate
    step = standing.answer.due or GateStep.CLOSE
    end = window_end(gated.window) or at
    opens = step is GateStep.OPEN
    last = GateAction.objects.filter(gate=gate).aggregate(last=Max("sequence"))["last"] or 0
    action = HostAction(
        gate.asset.code,
        last + 1,
        step,
        gated.window.id,
        gated.account,
        gated.window.period.start if opens else at,
        end if opens else at + _CLOSE_GOOD_FOR,
        tuple(host.groups) if opens else (),
    )
    try:
        said = action_text(action)
    except ActionUnsayable as problem:
        # The others of this host must not wait for one that can't be said.
        tried = GateAttempt(step, at, done=False, says=str(problem))
        _write(gate, (action.window, action.account), tried)
        return ""
    text = signed_text(said, action_key().sign(said))
    GateAction.objects.create(
        recorded_at=at,
        recorded_by=ENGINE.label,
        gate=gate,
        sequence=action.sequence,
        window=action.window,
        account=action.account,
        step=step.value,
        until=end if opens else None,
        text=text,
    )
    return text


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
