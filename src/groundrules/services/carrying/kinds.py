"""Every kind of long run a worker knows."""

from __future__ import annotations

from collections.abc import Mapping

from groundrules.services import made_files, reports_carried
from groundrules.services.imports import steps, waiting
from groundrules.services.installation import carried as whole
from groundrules.services.long_runs.steps import Kind
from groundrules.services.month_end import carried, papers

KINDS: Mapping[str, Kind] = {
    waiting.KIND: Kind(steps.begin, steps.REFUSALS),
    carried.KIND: carried.CARRIED,
    reports_carried.KIND: reports_carried.CARRIED,
    made_files.DOCUMENTS: papers.CARRIED,
    made_files.EXPORT: whole.EXPORTED,
    whole.BACKUP: whole.BACKED_UP,
}
