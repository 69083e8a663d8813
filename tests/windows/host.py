"""A Windows host that behaves as deploy/windows/groundrules-gate.ps1 is written: the script itself can't run here."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from groundrules.services.gate import Told

Turn = Callable[[str, tuple[Told, ...], datetime], tuple[str, ...]]


@dataclass
class WindowsHost:
    """Its settings file, what it keeps, its accounts, and who is logged in."""

    settings: dict[str, Any]
    sequence: int = 0
    windows: dict[tuple[str, str], datetime] = field(default_factory=dict)
    answers: list[Told] = field(default_factory=list)
    enabled: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    programs: int = 0
    stubborn: bool = False

    @classmethod
    def of(cls, text: str) -> WindowsHost:
        """This function will set a host up from the file that was printed for it."""
        return cls(json.loads(text))

    def run(self, turn: Turn, now: datetime) -> None:
        """This function will do what the script does each minute."""
        self.sweep(now)
        for _ in range(5):
            actions = turn(self.settings["token"], tuple(self.answers), now)
            self.answers = []
            if not actions:
                return
            self.answers = [self.take(text, now) for text in actions]

    def sweep(self, now: datetime) -> None:
        """This function will close what is over, and ask nobody."""
        for (window, account), until in list(self.windows.items()):
            if until <= now:
                self.close(window, account)

    def take(self, text: str, now: datetime) -> Told:
        """This function will check an action as the script does, do it, and say what it reads back."""
        action, groups = self.read(text)
        sequence = int(action["sequence"])
        refused = self.refusal(action, groups, now)
        if refused:
            return Told(sequence, {}, refused)
        self.sequence = sequence
        window, account = action["window"], action["account"]
        if action["verb"] == "open":
            self.windows[window, account] = instant(action["not-after"])
            self.groups |= set(groups)
            self.enabled.add(account)
        else:
            self.close(window, account)
        return Told(sequence, self.facts(window, account, groups))

    def read(self, text: str) -> tuple[dict[str, str], list[str]]:
        """This function will read an action that is signed by the key it trusts."""
        said, _, signature = text.rpartition("signature ")
        raw = b64decode(signature.strip())
        point = b"\x04" + b64decode(self.settings["key"])
        key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
        der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        try:
            key.verify(der, said.encode(), ECDSA(SHA256()))
        except InvalidSignature:
            message = "it is not signed by the key this server trusts"
            raise ValueError(message) from None
        head, *lines = said.splitlines()
        assert head == "groundrules-action 1"
        pairs = [line.split(" ", 1) for line in lines]
        groups = [value for name, value in pairs if name == "group"]
        return {name: value for name, value in pairs if name != "group"}, groups

    def refusal(self, action: dict[str, str], groups: list[str], now: datetime) -> str:
        """This function will say why an action is refused, in the script's order."""
        checks = (
            (action["host"] != self.settings["host"], f"it is for {action['host']}"),
            (
                int(action["sequence"]) <= self.sequence,
                f"number {action['sequence']} was taken before",
            ),
            (
                action["account"] not in self.settings["accounts"],
                f"{action['account']} is not an account of this gate",
            ),
            (
                not set(groups) <= set(self.settings["groups"]),
                "that is not a group of this gate",
            ),
            (
                now < instant(action["not-before"]),
                "its time has not come by the clock here",
            ),
            (now >= instant(action["not-after"]), "its time is over by the clock here"),
        )
        return next((says for holds, says in checks if holds), "")

    def close(self, window: str, account: str) -> None:
        """This function will close one window; another open one of the account keeps it as it is."""
        self.windows.pop((window, account), None)
        if not any(held == account for _, held in self.windows):
            self.enabled.discard(account)
            self.groups.clear()
            self.programs = self.programs if self.stubborn else 0

    def facts(self, window: str, account: str, groups: list[str]) -> dict[str, str]:
        """This function will read back how things stand."""
        others = [name for name, held in self.windows if held == account and name != window]
        return {
            "known": "yes" if (window, account) in self.windows else "no",
            "enabled": "yes" if account in self.enabled else "no",
            "groups": "" if others else ", ".join(sorted(self.groups)),
            "missing": ", ".join(sorted(set(groups) - self.groups)),
            "processes": str(self.programs),
            "others": ",".join(others),
        }


def instant(text: str) -> datetime:
    """This function will read a time of an action."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
