"""Every kind of long run a worker knows."""

from __future__ import annotations

from collections.abc import Mapping

from groundrules.services.imports import steps, waiting
from groundrules.services.installation import carried as whole
from groundrules.services.long_runs.steps import Kind
from groundrules.services.month_end import carried

KINDS: Mapping[str, Kind] = {
    waiting.KIND: Kind(steps.begin, steps.REFUSALS),
    carried.KIND: carried.CARRIED,
    whole.EXPORT: whole.EXPORTED,
    whole.BACKUP: whole.BACKED_UP,
}
