"""Record types about what is installed: products, services, tasks, updates, and SQL Server."""

from __future__ import annotations

from groundrules.core.evidence import Action
from groundrules.readers.evtx import installer, services, sql_audit, sql_server, system
from groundrules.readers.evtx.record_types import (
    AUDITED,
    BOUNDED,
    INSTALLER,
    NOBODY,
    PRINCIPAL,
    SECURITY,
    SERVICE_CONTROL,
    STARTER,
    SUBJECT,
    UPDATES,
    WRITER,
    RecordType,
)
from groundrules.readers.evtx.records import SQL_SERVER

SOFTWARE = (
    RecordType(
        INSTALLER,
        1033,
        "product installed; status other than 0 an attempt",
        STARTER,
        BOUNDED,
        installer.product_record(Action.ADDED),
    ),
    RecordType(
        INSTALLER,
        1034,
        "product removed; status other than 0 an attempt",
        STARTER,
        BOUNDED,
        installer.product_record(Action.REMOVED),
    ),
    RecordType(
        INSTALLER,
        1035,
        "product reconfigured; status other than 0 an attempt",
        STARTER,
        BOUNDED,
        installer.product_record(Action.ALTERED),
    ),
    RecordType(
        INSTALLER,
        1036,
        "update of a product installed; status other than 0 an attempt",
        STARTER,
        BOUNDED,
        installer.product_record(Action.ALTERED, installer.Layout(status=4, maker=5, update=3)),
    ),
    RecordType(
        INSTALLER,
        1040,
        "start of a transaction: package and user",
        "SID of the user",
        handle=installer.started,
    ),
    RecordType(
        INSTALLER,
        1042,
        "end of a transaction",
        "SYSTEM mostly: 1040 has the user",
        handle=installer.ended,
    ),
    RecordType(
        INSTALLER,
        11707,
        "product installed (told once more)",
        STARTER,
        BOUNDED,
        installer.product_message(Action.ADDED, succeeded=True),
    ),
    RecordType(
        INSTALLER,
        11708,
        "installation failed: an attempt",
        STARTER,
        BOUNDED,
        installer.product_message(Action.ADDED, succeeded=False),
    ),
    RecordType(
        INSTALLER,
        11724,
        "product removed (told once more)",
        STARTER,
        BOUNDED,
        installer.product_message(Action.REMOVED, succeeded=True),
    ),
    RecordType(
        INSTALLER,
        11725,
        "removal failed: an attempt",
        STARTER,
        BOUNDED,
        installer.product_message(Action.REMOVED, succeeded=False),
    ),
    RecordType(
        SERVICE_CONTROL, 7036, "service started or stopped (no change of the machine)", NOBODY
    ),
    RecordType(
        SERVICE_CONTROL,
        7040,
        "start type of a service changed",
        WRITER,
        handle=services.start_type_changed,
    ),
    RecordType(
        SERVICE_CONTROL,
        7045,
        "service or driver installed",
        WRITER,
        handle=services.service_installed,
    ),
    RecordType(
        SECURITY,
        4697,
        "service or driver installed (same as 7045, with the login)",
        SUBJECT,
        handle=services.service_installed_audited,
    ),
    RecordType(
        SECURITY,
        4698,
        "scheduled task created; of its definition only a digest",
        SUBJECT,
        handle=services.task_change(Action.ADDED, "created", "TaskContent"),
    ),
    RecordType(
        SECURITY,
        4699,
        "scheduled task deleted",
        SUBJECT,
        handle=services.task_change(Action.REMOVED, "deleted"),
    ),
    RecordType(
        SECURITY,
        4700,
        "scheduled task enabled",
        SUBJECT,
        handle=services.task_change(Action.ALTERED, "enabled"),
    ),
    RecordType(
        SECURITY,
        4701,
        "scheduled task disabled",
        SUBJECT,
        handle=services.task_change(Action.ALTERED, "disabled"),
    ),
    RecordType(
        SECURITY,
        4702,
        "scheduled task updated; of its definition only a digest",
        SUBJECT,
        handle=services.task_change(Action.ALTERED, "updated", "TaskContentNew"),
    ),
    RecordType(UPDATES, 19, "Windows update installed", WRITER, handle=system.update_installed),
    RecordType(
        UPDATES, 20, "Windows update failed: an attempt", WRITER, handle=system.update_failed
    ),
    RecordType(UPDATES, 43, "installation of a Windows update began", WRITER),
    RecordType(UPDATES, 44, "download of a Windows update began", WRITER),
)

DATABASE = (
    RecordType(
        SQL_SERVER,
        33205,
        "audit row: login, password, role, database user, audit changed; database session",
        PRINCIPAL,
        AUDITED,
        sql_audit.audit_row,
    ),
    RecordType(
        SQL_SERVER,
        15457,
        "configuration option changed; set to the same value no change",
        "SID of the Windows login, where there is one",
        handle=sql_server.option_changed,
    ),
    RecordType(
        SQL_SERVER,
        17069,
        "instance started: session numbers begin anew",
        NOBODY,
        handle=sql_server.server_started,
    ),
    RecordType(
        SQL_SERVER,
        17115,
        "start options; single-user mode or minimal configuration is a change",
        NOBODY,
        handle=sql_server.started_with_options,
    ),
    RecordType(
        SQL_SERVER, 17126, "instance ready for logins", NOBODY, handle=sql_server.server_started
    ),
    RecordType(SQL_SERVER, 17162, "instance started", NOBODY, handle=sql_server.server_started),
)
