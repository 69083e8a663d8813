"""Record types about people: logins, accounts, passwords and groups."""

from __future__ import annotations

from groundrules.core.evidence import Action
from groundrules.readers.evtx import accounts, logons, sql_server, terminal
from groundrules.readers.evtx.record_types import (
    CONNECTIONS,
    LOGIN,
    NOBODY,
    SECURITY,
    SESSIONS,
    SQL_USER,
    SUBJECT,
    RecordType,
)
from groundrules.readers.evtx.records import SQL_SERVER

LOGINS = (
    RecordType(SECURITY, 4624, "a login: session", LOGIN, handle=logons.logged_on),
    RecordType(SECURITY, 4634, "a logoff: end of the session", LOGIN, handle=logons.logged_off),
    RecordType(
        SECURITY,
        4647,
        "a logoff the user asked for: end of the session",
        LOGIN,
        handle=logons.logged_off,
    ),
    RecordType(
        SECURITY,
        4688,
        "a process was started, by which and in whose login (its command line is not kept)",
        SUBJECT,
        handle=logons.process_started,
    ),
    RecordType(SECURITY, 4689, "a process ended", SUBJECT, handle=logons.process_ended),
    RecordType(SECURITY, 4648, "other credentials were used inside a session", SUBJECT),
    RecordType(SECURITY, 4672, "the new login holds administrator rights", SUBJECT),
    RecordType(
        SECURITY,
        4778,
        "a session was reconnected, from where",
        "account and LogonId",
        handle=logons.reconnected,
    ),
    RecordType(
        SECURITY,
        4779,
        "a session was disconnected (no logoff)",
        "account and LogonId",
        handle=logons.reconnected,
    ),
    RecordType(
        SESSIONS,
        21,
        "a terminal session began, from where: session",
        "account",
        handle=terminal.session_began,
    ),
    RecordType(SESSIONS, 22, "the shell of a terminal session started", "account"),
    RecordType(
        SESSIONS, 23, "a terminal session was logged off", "account", handle=terminal.session_ended
    ),
    RecordType(
        SESSIONS,
        24,
        "a terminal session was disconnected (no logoff)",
        "account",
        handle=terminal.session_touched,
    ),
    RecordType(
        SESSIONS,
        25,
        "a terminal session was reconnected, from where",
        "account",
        handle=terminal.session_touched,
    ),
    RecordType(SESSIONS, 39, "a session was disconnected by another session", NOBODY),
    RecordType(
        SESSIONS,
        40,
        "why a session was disconnected (no logoff)",
        NOBODY,
        handle=terminal.session_touched,
    ),
    RecordType(
        CONNECTIONS,
        1149,
        "an account passed the network check (never a session by itself)",
        "account",
    ),
    RecordType(
        SQL_SERVER,
        18453,
        "a Windows login to SQL Server: session",
        SQL_USER,
        handle=sql_server.login_succeeded,
    ),
    RecordType(
        SQL_SERVER,
        18454,
        "an SQL login to SQL Server: session",
        SQL_USER,
        handle=sql_server.login_succeeded,
    ),
    RecordType(SQL_SERVER, 18456, "a login to SQL Server that failed", SQL_USER),
)

ACCOUNTS = (
    RecordType(
        SECURITY,
        4720,
        "account created",
        SUBJECT,
        handle=accounts.account_change(Action.ADDED, "created"),
    ),
    RecordType(
        SECURITY,
        4722,
        "account enabled",
        SUBJECT,
        handle=accounts.account_change(Action.ALTERED, "enabled", "enabled"),
    ),
    RecordType(
        SECURITY,
        4723,
        "password changed with the old one; with Audit Failure an attempt",
        SUBJECT,
        handle=accounts.password_change("changed"),
    ),
    RecordType(
        SECURITY,
        4724,
        "password reset by an administrator; with Audit Failure an attempt",
        SUBJECT,
        handle=accounts.password_change("reset"),
    ),
    RecordType(
        SECURITY,
        4725,
        "account disabled",
        SUBJECT,
        handle=accounts.account_change(Action.ALTERED, "disabled", "disabled"),
    ),
    RecordType(
        SECURITY,
        4726,
        "account deleted",
        SUBJECT,
        handle=accounts.account_change(Action.REMOVED, "deleted"),
    ),
    RecordType(
        SECURITY,
        4738,
        "account altered: which properties",
        SUBJECT,
        handle=accounts.account_altered,
    ),
    RecordType(
        SECURITY,
        4740,
        "account locked out",
        SUBJECT,
        handle=accounts.account_change(Action.ALTERED, "locked out", "locked out"),
    ),
    RecordType(
        SECURITY,
        4767,
        "account unlocked",
        SUBJECT,
        handle=accounts.account_change(Action.ALTERED, "unlocked", "unlocked"),
    ),
    RecordType(SECURITY, 4781, "account renamed", SUBJECT, handle=accounts.account_renamed),
    RecordType(
        SECURITY,
        4741,
        "computer account created",
        SUBJECT,
        handle=accounts.account_change(Action.ADDED, "created"),
    ),
    RecordType(
        SECURITY,
        4742,
        "computer account altered: which properties",
        SUBJECT,
        handle=accounts.account_altered,
    ),
    RecordType(
        SECURITY,
        4743,
        "computer account deleted",
        SUBJECT,
        handle=accounts.account_change(Action.REMOVED, "deleted"),
    ),
    RecordType(
        SECURITY,
        4727,
        "global group created",
        SUBJECT,
        handle=accounts.group_change(Action.ADDED, "created"),
    ),
    RecordType(
        SECURITY, 4728, "member added to a global group", SUBJECT, handle=accounts.member_added
    ),
    RecordType(
        SECURITY,
        4729,
        "member removed from a global group",
        SUBJECT,
        handle=accounts.member_removed,
    ),
    RecordType(
        SECURITY,
        4730,
        "global group deleted",
        SUBJECT,
        handle=accounts.group_change(Action.REMOVED, "deleted"),
    ),
    RecordType(
        SECURITY,
        4731,
        "local group created",
        SUBJECT,
        handle=accounts.group_change(Action.ADDED, "created"),
    ),
    RecordType(
        SECURITY, 4732, "member added to a local group", SUBJECT, handle=accounts.member_added
    ),
    RecordType(
        SECURITY, 4733, "member removed from a local group", SUBJECT, handle=accounts.member_removed
    ),
    RecordType(
        SECURITY,
        4734,
        "local group deleted",
        SUBJECT,
        handle=accounts.group_change(Action.REMOVED, "deleted"),
    ),
    RecordType(
        SECURITY,
        4754,
        "universal group created",
        SUBJECT,
        handle=accounts.group_change(Action.ADDED, "created"),
    ),
    RecordType(
        SECURITY, 4756, "member added to a universal group", SUBJECT, handle=accounts.member_added
    ),
    RecordType(
        SECURITY,
        4757,
        "member removed from a universal group",
        SUBJECT,
        handle=accounts.member_removed,
    ),
    RecordType(
        SECURITY,
        4758,
        "universal group deleted",
        SUBJECT,
        handle=accounts.group_change(Action.REMOVED, "deleted"),
    ),
)
