"""What the doctor sees in the database: guards, the clock, who may sign in, and when it was last backed up."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max

from groundrules.core.reasons import counted
from groundrules.records.guards import missing_guards
from groundrules.records.models import AuditEntry, Role, User, book_tables
from groundrules.services import audit_chain
from groundrules.services.doctor.finding import Finding, broken, fine, warning
from groundrules.services.installation.settings_kept import told

_CLOCK_MAY_DIFFER = timedelta(seconds=30)
_BACKUP_WITHIN = timedelta(hours=26)
_PROVEN_WITHIN = timedelta(days=35)
_TWO_DAYS = 48
_TO = "groundrules installation backup --to FOLDER"


def database_told() -> str:
    """This function will say which database answers."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"SQLite at {settings['NAME']}, of this version"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    where = settings["HOST"] or "this host"
    return told(
        "", f"PostgreSQL {version} at {where}, database {settings['NAME']}, of this version"
    )


def look_at_guards(_at: datetime) -> Finding:
    """This function will see whether every book refuses change."""
    tables = (*book_tables(), "records_agreementversion")
    missing = missing_guards(connection, tables)
    if missing:
        says = f"{counted(len(missing), 'trigger')} missing, {missing[0]} among them: a book could be changed unseen"
        return broken(
            "guards",
            says,
            "groundrules installation restore NEWEST-BACKUP (into an empty installation)",
        )
    return fine("guards", f"{counted(len(tables), 'book')} refuse change in the database itself")


def look_at_clock(at: datetime) -> Finding:
    """This function will compare this machine's clock with the database's, and with the newest entry."""
    newest = AuditEntry.objects.aggregate(at=Max("recorded_at"))["at"]
    if newest is not None and newest > at + _CLOCK_MAY_DIFFER:
        says = f"the newest entry is of {newest:%Y-%m-%d %H:%M:%S} UTC, and this clock says {at:%Y-%m-%d %H:%M:%S}"
        return broken("clock", says, "timedatectl set-ntp true")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            apart = abs(cursor.fetchone()[0] - at)
        if apart > _CLOCK_MAY_DIFFER:
            says = f"the database's clock is {apart.total_seconds():.0f} s off from this one"
            return broken("clock", says, "timedatectl set-ntp true (on both machines)")
    return fine("clock", "no entry is from the future")


def look_at_audit(_at: datetime) -> Finding:
    """This function will follow the audit book's chain."""
    chain = audit_chain.verify()
    if chain.faults:
        says = f"{counted(len(chain.faults), 'fault')} in the audit book's chain: {chain.faults[0]}"
        return broken(
            "audit", says, "groundrules audit verify, then restore a backup aside and compare"
        )
    return fine(
        "audit", f"{counted(chain.links, 'link')} hold, {chain.waiting} entries wait for theirs"
    )


def look_at_people(_at: datetime) -> Finding:
    """This function will see whether an owner can sign in."""
    owners = User.objects.filter(role=Role.OWNER, is_active=True).count()
    if not owners:
        return broken("people", "no owner may sign in", "groundrules init --email YOU --name NAME")
    return fine(
        "people", f"{counted(owners, 'owner')}, {counted(User.objects.count(), 'user')} in all"
    )


def look_at_backup(at: datetime) -> Finding:
    """This function will see when the installation itself was last backed up."""
    last = AuditEntry.objects.filter(verb="installation.backup").order_by("-recorded_at").first()
    if last is None:
        return warning("backup", "this installation was never backed up", _TO)
    age = at - last.recorded_at
    says = f"last backed up {_ago(age)} ago ({last.subject})"
    return warning("backup", says, _TO) if age > _BACKUP_WITHIN else fine("backup", says)


def look_at_restore(at: datetime) -> Finding:
    """This function will see when a backup was last proven by restoring it."""
    rows = AuditEntry.objects.filter(verb="installation.verify").order_by("-recorded_at")
    last = rows.first()
    mend = "groundrules installation restore FILE --verify-only"
    if last is None:
        return warning("restore", "no backup was ever restored to prove it", mend)
    if not last.details.get("holds"):
        return broken("restore", last.says, _TO)
    age = at - last.recorded_at
    says = f"last proven {_ago(age)} ago: {last.says}"
    return warning("restore", says, mend) if age > _PROVEN_WITHIN else fine("restore", says)


def _ago(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    hours = minutes // 60
    if not hours:
        return counted(minutes, "minute")
    return counted(hours // 24, "day") if hours >= _TWO_DAYS else counted(hours, "hour")
