"""Which run of ours a package manager's own record names: we give apt the run's name, and apt writes it down.

Anybody with root could write the same. So the name alone ties nothing: attribution asks that the run was at work on
that host at that time, and a record that names another login beside it is a contradiction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from groundrules.core.evidence import ItemKind, Observation

RUN_OPTION = "Groundrules::Run="
_NAMED = re.compile(re.escape(RUN_OPTION) + r"([A-Za-z0-9][A-Za-z0-9._-]{0,99})")


def named_run(records: Iterable[Observation]) -> str:
    """This function will return the run that the records of one package operation name, or nothing when they differ."""
    found = {
        match[1]
        for record in records
        if record.kind is ItemKind.PACKAGE and (match := _NAMED.search(record.summary))
    }
    return found.pop() if len(found) == 1 else ""
