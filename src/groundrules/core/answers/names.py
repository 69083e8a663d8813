"""What people call things on a document: a server by its name, and a code that work was booked on by its incident."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from groundrules.core.ids import IncidentId
from groundrules.core.world import World

_CODE = re.compile(r"[A-Z0-9][A-Z0-9_.-]*")


def names_on_documents(world: World) -> Mapping[str, str]:
    """This function will name servers, and each issue that is a mere code and stands for one incident.

    An issue somebody put into words stays in those words; so does a code that several incidents, or none, go by.
    """
    return {str(asset.id): asset.name for asset in world.assets} | dict(_issues(world))


def _issues(world: World) -> Iterator[tuple[str, str]]:
    titles = {incident.id: incident.title for incident in world.incidents}
    found: defaultdict[str, set[IncidentId]] = defaultdict(set)
    for entry in world.work:
        if _CODE.fullmatch(entry.issue):
            found[entry.issue].add(entry.incident or IncidentId(entry.issue))
    for issue, incidents in found.items():
        known = [titles[one] for one in incidents if one in titles]
        if len(known) == 1:
            yield issue, known[0]
