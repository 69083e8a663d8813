"""What authentication messages mean: logins that begin and end, accounts, groups and passwords that change.

One table of rules, program by program; each rule names the kind it is counted as. A message no rule knows is counted
under its program and kept. Message texts: OpenSSH auth.c and session.c, Linux-PAM pam_unix, shadow's lib and src.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from groundrules.core.evidence import Action, Actor, ItemKind, Observation, SessionKind
from groundrules.readers.linux.logins import OpenLogin, exact_key
from groundrules.readers.linux.syslog_lines import Message
from groundrules.readers.linux.tally import Tally

SSH = frozenset({"sshd", "sshd-session", "sshd-auth"})
NOT_LOGINS = frozenset(
    {"sudo", "su", "su-l", "runuser", "runuser-l", "systemd-user", "polkit-1", "pkexec", "doas"}
)
CONSOLES = frozenset(
    {"login", "gdm-password", "gdm", "gdm-launch-environment", "lightdm", "sddm", "kdm", "xdm"}
)
REMOTES = frozenset({"ssh", "sshd", "remote", "xrdp-sesman", "cockpit"})
BATCHES = frozenset({"cron", "crond", "atd"})


@dataclass(slots=True)
class Ledger:
    """The logins open so far in one log, by host and process, and the tally everything is counted in."""

    tally: Tally
    logins: dict[tuple[str, str], OpenLogin] = field(default_factory=dict)
    finished: list[OpenLogin] = field(default_factory=list)

    def close(self) -> None:
        """This function will hand every login over to the tally; those without an end stay open."""
        for login in (*self.finished, *self.logins.values()):
            self.tally.sessions.append(login.session())


@dataclass(frozen=True, slots=True)
class Rule:
    """Messages of these programs (all, when empty) with this text are of this kind; `act` does what it means."""

    kind: str
    pattern: re.Pattern[str]
    act: Callable[[Ledger, Message, re.Match[str]], None]
    programs: frozenset[str] = frozenset()


def interpret(ledger: Ledger, message: Message) -> None:
    """This function will count one message and take in what it means."""
    if message.host:
        ledger.tally.hosts.add(message.host)
    program = message.program.casefold()
    for rule in RULES:
        if rule.programs and program not in rule.programs:
            continue
        found = rule.pattern.match(message.text)
        if found:
            ledger.tally.known(rule.kind)
            rule.act(ledger, message, found)
            return
    ledger.tally.unknown(f"{message.program or 'untagged'}/other")


def _accepted(ledger: Ledger, message: Message, found: re.Match[str]) -> None:
    _forget(ledger, message)
    login = _begin(ledger, message, "sshd", found["account"], SessionKind.REMOTE)
    login.source_address, login.port = found["address"], found["port"]
    login.credential = " ".join(filter(None, (found["method"], found["proof"])))


def _forget(ledger: Ledger, message: Message) -> None:
    """Puts a login of the same process number aside without an end: the number was given out again."""
    earlier = ledger.logins.pop((message.host, message.pid), None)
    if earlier:
        ledger.finished.append(earlier)


def _begin(
    ledger: Ledger, message: Message, service: str, account: str, kind: SessionKind
) -> OpenLogin:
    tally = ledger.tally
    login = OpenLogin(
        asset=tally.context.asset,
        host=message.host or tally.context.host,
        place=f"{service}:{message.pid}",
        account=account,
        started=message.instant.at,
        kind=kind,
        citations=[tally.cite(message.record)],
    )
    ledger.logins[message.host, message.pid] = login
    _tie(login, message)
    return login


def _tie(login: OpenLogin, message: Message) -> None:
    login.key = login.key or exact_key(login.host, message.boot, message.session)


def _opened(ledger: Ledger, message: Message, found: re.Match[str]) -> None:
    kind = _kind(found["service"])
    if kind is None:
        return
    login = ledger.logins.get((message.host, message.pid))
    if login is None or login.account != found["account"]:
        _forget(ledger, message)
        service = "sshd" if kind is SessionKind.REMOTE else found["service"]
        login = _begin(ledger, message, service, found["account"], kind)
    else:
        login.citations.append(ledger.tally.cite(message.record))
    _tie(login, message)
    login.identifier = login.identifier or found["uid"] or ""


def _kind(service: str) -> SessionKind | None:
    """Names how a PAM service logs people in; None for services that only change who a login acts as."""
    name = service.casefold()
    if name in NOT_LOGINS:
        return None
    known = (
        (REMOTES, SessionKind.REMOTE),
        (CONSOLES, SessionKind.CONSOLE),
        (BATCHES, SessionKind.BATCH),
    )
    return next((kind for names, kind in known if name in names), SessionKind.UNKNOWN)


def _closed(ledger: Ledger, message: Message, found: re.Match[str]) -> None:
    kind = _kind(found["service"])
    if kind is None:
        return
    if (message.host, message.pid) in ledger.logins:
        _end(ledger, message, (message.host, message.pid))
    elif message.pid:
        service = "sshd" if kind is SessionKind.REMOTE else found["service"]
        tie = f"{service}:{message.pid}"
        ledger.tally.ended(tie, message.instant.latest, message.record)


def _disconnected(ledger: Ledger, message: Message, found: re.Match[str]) -> None:
    same = [
        place
        for place, login in ledger.logins.items()
        if (login.source_address, login.port) == (found["address"], found["port"])
    ]
    for place in same:
        _end(ledger, message, place)


def _end(ledger: Ledger, message: Message, place: tuple[str, str]) -> None:
    login = ledger.logins.pop(place, None)
    if login is not None:
        login.ended = max(message.instant.latest, login.started)
        login.citations.append(ledger.tally.cite(message.record))
        ledger.finished.append(login)


def _nothing(_ledger: Ledger, _message: Message, _found: re.Match[str]) -> None:
    """Counted and kept; it begins, ends and changes nothing."""


def _change(
    kind: ItemKind, action: Action, after: str = ""
) -> Callable[[Ledger, Message, re.Match[str]], None]:
    def act(ledger: Ledger, message: Message, found: re.Match[str]) -> None:
        groups = found.groupdict()
        tally = ledger.tally
        tally.observations.append(
            Observation(
                asset=tally.context.asset,
                kind=kind,
                key=found["key"],
                action=action,
                at=message.instant.at,
                citation=tally.cite(message.record),
                before=groups.get("before"),
                after=groups.get("after") or after or None,
                actor=_actor(tally, message, groups.get("actor") or ""),
                recorded_at=message.instant.bound,
                summary=message.text,
            )
        )

    return act


def _actor(tally: Tally, message: Message, account: str) -> Actor:
    return Actor(
        account=account,
        identifier=message.loginuid,
        session_key=exact_key(message.host or tally.context.host, message.boot, message.session),
        process=message.program,
    )


def _rule(
    kind: str, pattern: str, act: Callable[[Ledger, Message, re.Match[str]], None], *programs: str
) -> Rule:
    return Rule(kind, re.compile(pattern), act, frozenset(programs))


_ADDRESS = r"(?P<address>\S+) port (?P<port>\d+)"
_ACCOUNT_TOOLS = (
    "useradd",
    "adduser",
    "newusers",
    "usermod",
    "userdel",
    "groupadd",
    "groupmod",
    "groupdel",
    "gpasswd",
)
RULES: tuple[Rule, ...] = (
    _rule(
        "sshd/accepted",
        rf"Accepted (?P<method>\S+) for (?P<account>\S+) from {_ADDRESS}\s*(?:ssh2)?(?:: (?P<proof>.*))?$",
        _accepted,
        *SSH,
    ),
    _rule(
        "sshd/refused",
        r"(?:Failed|Postponed|Invalid user|error: maximum authentication)\b",
        _nothing,
        *SSH,
    ),
    _rule("sshd/disconnected", rf"Disconnected from user \S+ {_ADDRESS}", _disconnected, *SSH),
    _rule("sshd/disconnected", rf"Connection closed by user \S+ {_ADDRESS}", _disconnected, *SSH),
    _rule(
        "sshd/connection",
        r"(?:Connection|Received disconnect|Disconnect(?:ed|ing)|Timeout|Server listening)\b",
        _nothing,
        *SSH,
    ),
    _rule(
        "sshd/user process",
        r"(?:Starting session|User child is on pid|Close session|Exiting on signal|Received signal)",
        _nothing,
        *SSH,
    ),
    _rule(
        "pam/session opened",
        r"pam_unix\((?P<service>[^:)]+):session\): session opened for user "
        r"(?P<account>[^\s(]+)(?:\(uid=(?P<uid>\d+)\))?",
        _opened,
    ),
    _rule(
        "pam/session closed",
        r"pam_unix\((?P<service>[^:)]+):session\): session closed for user \S+",
        _closed,
    ),
    _rule(
        "password/changed",
        r"pam_unix\([^)]*:chauthtok\): password changed for (?P<key>\S+)",
        _change(ItemKind.PASSWORD, Action.ALTERED),
    ),
    _rule(
        "pam/refused",
        r"pam_\w+\([^)]*\): .*(?:authentication failure|auth could not|check pass)",
        _nothing,
    ),
    _rule("sudo/command", r"\s*\S+ : (?:.* ; )?TTY=.*COMMAND=", _nothing, "sudo"),
    _rule(
        "su/attempt",
        r"(?:\(to \S+\) \S+ on|Successful su for|FAILED su for|[+-] \S+ \S+:\S+)",
        _nothing,
        "su",
    ),
    _rule("login/console", r"(?:ROOT )?LOGIN ON \S+ BY \S+|ROOT LOGIN", _nothing, "login"),
    _rule(
        "logind/session",
        r"(?:New session|Session|Removed session) '?\w+'?",
        _nothing,
        "systemd-logind",
    ),
    _rule(
        "account/added",
        r"new user: name=(?P<key>[^,\s]+)",
        _change(ItemKind.ACCOUNT, Action.ADDED),
        "useradd",
        "newusers",
    ),
    _rule(
        "group/added",
        r"(?:new group: name|group added to /etc/group: name)=(?P<key>[^,\s]+)",
        _change(ItemKind.GROUP, Action.ADDED),
        *_ACCOUNT_TOOLS,
    ),
    _rule(
        "group/shadow",
        r"group (?:added to|removed from) /etc/g?shadow|removed shadow group|group .* removed from /etc/gshadow",
        _nothing,
        *_ACCOUNT_TOOLS,
    ),
    _rule(
        "account/removed",
        r"delete user '(?P<key>[^']+)'$",
        _change(ItemKind.ACCOUNT, Action.REMOVED),
        "userdel",
    ),
    _rule(
        "group/removed",
        r"removed group '(?P<key>[^']+)' owned by",
        _change(ItemKind.GROUP, Action.REMOVED),
        "userdel",
    ),
    _rule(
        "group/removed",
        r"group '(?P<key>[^']+)' removed$",
        _change(ItemKind.GROUP, Action.REMOVED),
        "groupdel",
    ),
    _rule("group/removed in one file", r"group '[^']+' removed from ", _nothing, "groupdel"),
    _rule(
        "group/member removed",
        r"delete '(?P<before>[^']+)' from (?:shadow )?group '(?P<key>[^']+)'",
        _change(ItemKind.GROUP, Action.ALTERED),
        "userdel",
        "usermod",
    ),
    _rule(
        "group/member added",
        r"add '(?P<after>[^']+)' to group '(?P<key>[^']+)'",
        _change(ItemKind.GROUP, Action.ALTERED),
        "usermod",
        "useradd",
    ),
    _rule("group/shadow", r"add '[^']+' to shadow group '[^']+'", _nothing, "usermod", "useradd"),
    _rule(
        "group/member added",
        r"user (?P<after>\S+) added by (?P<actor>\S+) to group (?P<key>\S+)",
        _change(ItemKind.GROUP, Action.ALTERED),
        "gpasswd",
    ),
    _rule(
        "group/member removed",
        r"user (?P<before>\S+) removed by (?P<actor>\S+) from group (?P<key>\S+)",
        _change(ItemKind.GROUP, Action.ALTERED),
        "gpasswd",
    ),
    _rule(
        "password/changed",
        r"change user '(?P<key>[^']+)' password",
        _change(ItemKind.PASSWORD, Action.ALTERED),
        "usermod",
    ),
    _rule(
        "password/changed",
        r"password for '(?P<key>[^']+)' changed by '(?P<actor>[^']+)'",
        _change(ItemKind.PASSWORD, Action.ALTERED),
        "passwd",
        "chpasswd",
    ),
    _rule(
        "account/locked",
        r"lock user '(?P<key>[^']+)' password",
        _change(ItemKind.ACCOUNT, Action.ALTERED, "locked"),
        "usermod",
    ),
    _rule(
        "account/unlocked",
        r"unlock user '(?P<key>[^']+)' password",
        _change(ItemKind.ACCOUNT, Action.ALTERED, "unlocked"),
        "usermod",
    ),
    _rule(
        "account/altered",
        r"change user '(?P<key>[^']+)' \S+(?: from '(?P<before>[^']*)' to '(?P<after>[^']*)')?",
        _change(ItemKind.ACCOUNT, Action.ALTERED),
        "usermod",
    ),
    _rule(
        "account/altered",
        r"changed password expiry for (?P<key>\S+)",
        _change(ItemKind.ACCOUNT, Action.ALTERED, "password expiry"),
        "chage",
    ),
    _rule(
        "cron/command",
        r"\(\S+\) (?:CMD|CMDEND|INFO|RELOAD|BEGIN EDIT|END EDIT|REPLACE|LIST)\b",
        _nothing,
        "cron",
        "crond",
        "crontab",
    ),
)
